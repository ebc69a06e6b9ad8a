import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { collectStoreFindings } from '../../../src/domain/recovery/store-findings.js';
import { clusterInit, commandOf } from '../../builders/commands.js';
import { field, numberField } from '../state/state-encoder.js';

const test = suite('what a recovery takes from a store');

const join = (hostname: string) =>
  commandOf({
    nodeJoin: { hostname, address: `${hostname}:7001`, wireguardPubkey: Buffer.alloc(32, 7), grpcAddress: 'x:7000' },
  });

/** The findings after these commands. */
function after(...commands: readonly Uint8Array[]) {
  const findings = collectStoreFindings();
  for (const command of commands) assert.ok(findings.command(command, 0, command.length));
  return findings;
}

test('is the cluster, its CA and its first node from the command that began it', () => {
  const findings = after(clusterInit('c-1'));
  assert.is(findings.clusterId(), 'c-1');
  assert.equal(findings.authority(), { certificate: 'the CA', key: 'key of the CA' });
  const [node] = findings.nodes();
  assert.is(node?.hostname, 'node-1');
  assert.is(node?.address, '10.0.0.1:7001');
  assert.is(node?.ready, true);
});

test('has no node from a cluster that began without naming one', () => {
  const findings = after(commandOf({ clusterInit: { clusterId: 'c-1' } }));
  assert.equal(findings.nodes(), []);
});

test('has nodes as they joined, were found ready, published a key, and left', () => {
  const ready = (status: number) => commandOf({ nodeStatusUpdate: { hostname: 'node-2', status } });
  const self = (bytes: number) =>
    commandOf({ nodeUpdateSelf: { hostname: 'node-2', wireguardPubkey: Buffer.alloc(bytes, 9) } });
  assert.is(after(join('node-2')).nodes()[0]?.ready, false);
  assert.is(after(join('node-2'), ready(2)).nodes()[0]?.ready, true);
  assert.is(after(join('node-2'), ready(2), ready(0)).nodes()[0]?.ready, true);
  assert.is(after(join('node-2'), ready(2), ready(3)).nodes()[0]?.ready, false);
  assert.equal(after(join('node-2'), self(32)).nodes()[0]?.wireguardPubkey, new Uint8Array(32).fill(9));
  assert.equal(after(join('node-2'), self(0)).nodes()[0]?.wireguardPubkey, new Uint8Array(32).fill(7));
  assert.equal(after(join('node-2'), commandOf({ nodeRemove: { hostname: 'node-2' } })).nodes(), []);
});

test('passes over the status and the key of a node that the state does not know', () => {
  const status = commandOf({ nodeStatusUpdate: { hostname: 'node-9', status: 2 } });
  const noStatus = commandOf({ nodeStatusUpdate: { hostname: 'node-9' } });
  const self = commandOf({ nodeUpdateSelf: { hostname: 'node-9', wireguardPubkey: Buffer.alloc(32) } });
  assert.equal(after(status, noStatus, self).nodes(), []);
});

test('has the commands of batches, one after the other', () => {
  const child = (command: Uint8Array) => field(1, command);
  const nested = field(90, child(field(11, field(1, 'node-3'))));
  const batch = field(90, Buffer.concat([child(join('node-2')), numberField(2, 1), child(nested)]));
  const findings = after(batch);
  assert.equal(
    findings.nodes().map(({ hostname }) => hostname),
    ['node-2', 'node-3'],
  );
});

test('counts commands by kind, the most frequent first, then by name', () => {
  const deployment = field(20, field(1, 'shop'));
  const unknown = field(222, new Uint8Array(0));
  const token = field(70, field(1, 'ci'));
  const findings = after(deployment, join('node-2'), deployment, unknown, numberField(20, 1), token);
  assert.equal(findings.kinds(), [
    { kind: 'deployment applied', count: 2 },
    { kind: 'command 222', count: 1 },
    { kind: 'node joins', count: 1 },
    { kind: 'token issued', count: 1 },
  ]);
});

for (const [title, data] of [
  ['no message at all', Buffer.from('not a command')],
  ['a batch that is none', field(90, Buffer.from([0xff]))],
  ['a child that is none', field(90, field(1, Buffer.from([0xff])))],
  [
    'batches nested without end',
    Array.from({ length: 12 }).reduce<Uint8Array>((inner) => field(90, field(1, inner)), join('node-2')),
  ],
] as const) {
  test(`refuses ${title}, of which nothing counts`, () => {
    const findings = collectStoreFindings();
    assert.is(findings.command(data, 0, data.length), false);
    assert.equal(findings.nodes(), []);
    assert.equal(findings.kinds(), []);
  });
}

test.run();
