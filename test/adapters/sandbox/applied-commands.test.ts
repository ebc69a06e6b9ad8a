import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeFirstCommands } from '../../../src/adapters/contract/command-encoding.js';
import { type Draft, messages } from '../../../src/adapters/contract/contract.js';
import type { CommandMessage } from '../../../src/adapters/contract/messages.js';
import { damageOf } from '../../../src/adapters/raft/damaged-store.js';
import { createReplicatedState, type ReplicatedState } from '../../../src/adapters/sandbox/replicated-state.js';
import { isJacoError } from '../../../src/domain/errors.js';
import type { FirstCommand } from '../../../src/domain/restore/first-commands.js';
import { collect, inChunksOf } from '../../builders/byte-streams.js';
import { sampleCommands } from '../../builders/first-commands.js';
import { nodeRecordsIn } from './sandbox-machine.js';

/** The effect of each command is that of the daemon's state machine (jacod v0.3.9). */
const test = suite('commands of the log, applied by the sandbox');
const refuse = damageOf('/data/raft/log.db');
const ts = { seconds: '1000', nanos: 0 };
const key = Buffer.alloc(32, 7);

const joining = 1;
const ready = 2;

const recorded = {
  cluster: { clusterId: 'c-1' },
  nodes: [
    { hostname: 'a', address: 'a:7001', status: ready, wireguardPubkey: key, statusDetails: { reason: 'fine' } },
    { hostname: 'b', address: 'b:7001', status: ready },
  ],
  routes: [Buffer.alloc(300, 7)],
  subnets: [
    { deployment: 'd', network: 'n', host: 'a' },
    { deployment: 'd', network: 'n', host: 'b' },
    { deployment: 'e', network: 'n', host: 'b' },
  ],
  auditEvents: [{ raftIndex: '7', type: 13 }],
};
const snapshot = messages.state.encode(recorded);

function loaded(): ReplicatedState {
  const state = createReplicatedState();
  const walk = state.load(refuse);
  walk.feed(snapshot);
  walk.finish();
  return state;
}

function apply(state: ReplicatedState, command: Draft<CommandMessage>, index = 8n) {
  return state.apply(index, messages.command.encode({ ts, identity: 'who', ...command }), refuse);
}

/** The state as a reader of its snapshot sees it, in pieces of a size that cuts every record. */
async function folded(state: ReplicatedState) {
  return messages.state.decode(await collect(state.changes.foldedInto(() => inChunksOf(7, snapshot))));
}

test('a node that joins replaces the record of its name, has status JOINING, and is audited', async () => {
  const state = loaded();
  const events = apply(state, { nodeJoin: { hostname: 'a', address: 'x:7001', grpcAddress: 'x:7000' } });
  const node = state.nodes.get('a');
  assert.is(node?.address, 'x:7001');
  assert.is(node?.grpcAddress, 'x:7000');
  assert.is(node?.status, joining);
  assert.is(node?.wireguardPubkey.length, 0);
  assert.equal(node?.statusDetails, {});
  assert.equal(node?.joinedAt, ts);
  assert.equal(events, [{ raftIndex: '8', type: 4, identity: 'who', ts, payload: { hostname: 'a' } }]);
});

test('a status changes its node, and nothing if there is no such node', () => {
  const state = loaded();
  assert.equal(apply(state, { nodeStatusUpdate: { hostname: 'nobody', status: ready } }), []);
  assert.equal([...state.nodes.keys()], ['a', 'b']);
  assert.equal(apply(state, { nodeStatusUpdate: { hostname: 'b', status: 4, details: { reason: 'slow' } } }), []);
  assert.is(state.nodes.get('b')?.status, 4);
  assert.equal(state.nodes.get('b')?.statusDetails, { reason: 'slow' });
});

test('a heartbeat brings the load alone', () => {
  const state = loaded();
  apply(state, { nodeStatusUpdate: { hostname: 'a', includePressure: true, cpuPressure: 0.5, memoryPressure: 0.25 } });
  const node = state.nodes.get('a');
  assert.is(node?.status, ready);
  assert.equal(node?.statusDetails, { reason: 'fine' });
  assert.is(node?.cpuPressure, 0.5);
  assert.is(node?.memoryPressure, 0.25);
  assert.equal(node?.lastPressureAt, ts);
});

test('a node that cannot isolate is audited, even if the state does not know it', () => {
  const [event] = apply(loaded(), { nodeStatusUpdate: { hostname: 'nobody', status: 3 } });
  assert.is(event?.type, 12);
  assert.equal(event?.payload, { hostname: 'nobody' });
});

test('a node that publishes itself changes the given fields, and only if the state knows it', () => {
  const state = loaded();
  apply(state, { nodeUpdateSelf: { hostname: 'nobody', grpcAddress: 'x:7000' } });
  assert.is(state.nodes.get('nobody'), undefined);
  apply(state, { nodeUpdateSelf: { hostname: 'a', grpcAddress: 'a:7000' } });
  apply(state, { nodeUpdateSelf: { hostname: 'b', wireguardPubkey: key } });
  assert.is(state.nodes.get('a')?.grpcAddress, 'a:7000');
  assert.ok(state.nodes.get('a')?.wireguardPubkey.equals(key));
  assert.ok(state.nodes.get('b')?.wireguardPubkey.equals(key));
  assert.is(state.nodes.get('b')?.grpcAddress, '');
});

test('a node that is removed takes its subnets along, and nothing else', async () => {
  const state = loaded();
  const [event] = apply(state, { nodeRemove: { hostname: 'b' } });
  assert.is(event?.type, 5);
  const after = await folded(state);
  assert.equal(
    after.nodes.map(({ hostname }) => hostname),
    ['a'],
  );
  assert.equal(
    after.subnets.map(({ deployment, host }) => `${deployment} ${host}`),
    ['d a'],
  );
  assert.is(after.routes.length, 1);
  assert.is(after.auditEvents.length, 2);
});

test('a node that was removed may join again', async () => {
  const state = loaded();
  apply(state, { nodeRemove: { hostname: 'a' } });
  apply(state, { nodeJoin: { hostname: 'a', address: 'new:7001' } });
  const { nodes, subnets } = await folded(state);
  assert.equal(
    nodes.map(({ hostname, address }) => `${hostname} ${address}`),
    ['b b:7001', 'a new:7001'],
  );
  assert.is(subnets.length, 2);
});

test('an event is appended with the index of its entry, and its own time and identity', () => {
  const event = { type: 13, raftIndex: '1', identity: 'its own', ts: { seconds: '5', nanos: 1 }, payload: { a: 'b' } };
  assert.equal(apply(loaded(), { auditAppend: { event } }, 99n), [{ ...event, raftIndex: '99' }]);
  assert.equal(apply(loaded(), { auditAppend: {} }), []);
});

test('a cluster begins with its record, its first token and its first node, ready', async () => {
  const state = createReplicatedState();
  const clusterInit = { clusterId: 'c-9', caCert: key, operatorTokenHashedSecret: key, selfHostname: 'n' };
  const [event] = apply(state, { clusterInit });
  assert.equal(event?.payload, { cluster_id: 'c-9' });
  assert.is(state.cluster()?.clusterId, 'c-9');
  assert.is(state.nodes.get('n')?.status, ready);
  const whole = messages.state.decode(await collect(state.changes.foldedInto(() => inChunksOf(1, Buffer.alloc(0)))));
  assert.ok(whole.cluster.caCert.equals(key));
  assert.is(whole.tokens[0]?.identity, 'bootstrap');
  const bare = createReplicatedState();
  apply(bare, { clusterInit: { clusterId: 'c-9' } });
  assert.is(bare.nodes.size + [...bare.tokens()].length, 0);
});

test('a batch is all of its commands, one after the other, at one index', () => {
  const state = loaded();
  const events = state.apply(1001n, encodeFirstCommands(sampleCommands()), refuse);
  assert.equal(
    events.map(({ type, raftIndex, identity }) => `${type} ${raftIndex} ${identity}`),
    ['4 1001 restore', '14 1001 restore'],
  );
  assert.is(state.nodes.get('recovered')?.status, ready);
  assert.ok(state.recordedRestores.has('2026-05-26T08:30:00.000Z'));
});

test('the state gets what restore decided: the keys of the node, and the removals', async () => {
  const [join, ...rest] = sampleCommands().commands;
  const kept = { ...join, hostname: 'a', wireguardPubkey: key, serverCertFingerprint: Buffer.of(1) } as FirstCommand;
  const commands = [kept, ...rest, { kind: 'node-is-removed', hostname: 'b' } as const];
  const state = loaded();
  const events = state.apply(1001n, encodeFirstCommands(sampleCommands({ commands })), refuse);
  assert.equal(
    events.map(({ type }) => type),
    [4, 14, 5],
  );
  assert.equal([...state.nodes.keys()], ['a']);
  assert.ok(state.nodes.get('a')?.wireguardPubkey.equals(key));
  assert.ok(state.nodes.get('a')?.serverCertFingerprint.equals(Buffer.of(1)));
  assert.equal(events[1]?.ts, { seconds: String(Date.UTC(2026, 4, 26, 8, 30) / 1000), nanos: 0 });
});

for (const [what, data] of [
  ['of a kind that is not known', messages.command.encode({ ts, identity: 'who' })],
  ['in a batch of a kind that is not known', messages.command.encode({ batch: { children: [{}] } })],
  ['that cannot be decoded', Buffer.from([0x5a, 0xff])],
  ['as earlier versions of the sandbox wrote it', messages.state.encode({ auditEvents: [{ type: 13 }] })],
] as const) {
  test(`a command ${what} is refused, as no later entry could be trusted`, () => {
    try {
      loaded().apply(8n, data, refuse);
      assert.unreachable();
    } catch (error) {
      assert.ok(isJacoError(error, 'store_damaged'), String(error));
      assert.match(error.message, 'log entry 8 holds');
    }
  });
}

test('unchanged records stay byte for byte, and changed ones come after them', async () => {
  const state = loaded();
  const applied = () => collect(state.changes.appliedTo(() => inChunksOf(64, snapshot)));
  assert.ok((await applied()).equals(snapshot));
  apply(state, { nodeStatusUpdate: { hostname: 'a', status: joining } });
  const bytes = await applied();
  assert.ok(bytes.subarray(0, snapshot.length).equals(snapshot));
  assert.equal(await nodeRecordsIn(inChunksOf(7, bytes)), ['a', 'b', 'a']);
  assert.equal(
    (await folded(state)).nodes.map(({ hostname, status }) => `${hostname} ${status}`),
    ['b 2', 'a 1'],
  );
  state.changes.forget();
  assert.ok((await applied()).equals(snapshot));
});

test.run();
