import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AuditEvent } from '../../../src/domain/cluster/audit-event.js';
import type { ClusterStatus } from '../../../src/domain/cluster/cluster-status.js';
import { JacoError, type LeftBehind } from '../../../src/domain/errors.js';
import {
  namedDeployments,
  type RehearsalPorts,
  rehearseRestore,
} from '../../../src/domain/restore/rehearse-restore.js';
import { keptRecordLimitBytes } from '../../../src/domain/state/snapshot-content.js';
import { collect, streamOf } from '../../builders/byte-streams.js';
import { fileAt } from '../../builders/locations.js';
import { inMemoryAuthority } from '../../fakes/in-memory-node-identity-writer.js';
import { createInMemoryRehearsalNode } from '../../fakes/in-memory-rehearsal-node.js';
import { plainDigest } from '../../fakes/plain-digest.js';
import { rejectionOf } from '../refusal.js';
import { clusterRecord, field, stateOf } from '../state/state-encoder.js';
import { type RestoreSetting, restoreStage } from './restore-stage.js';

const test = suite('rehearseRestore');
const never = new AbortController().signal;
const state = stateOf('c-1');

/** What a test may make wrong on the booted node. */
interface Flaw {
  readonly status?: Partial<ClusterStatus>;
  readonly state?: readonly Uint8Array[];
  readonly events?: (events: readonly AuditEvent[]) => readonly AuditEvent[];
  readonly boot?: Error;
}

/** A stage for restores, and a node that boots correctly except for `flaw`. */
function rehearsalStage(flaw: Flaw = {}, setting: RestoreSetting = {}) {
  const stage = restoreStage(setting);
  const node = createInMemoryRehearsalNode(stage.stores, stage.markers);
  const ports: RehearsalPorts = {
    restore: stage.ports,
    digest: plainDigest,
    node: {
      ...node,
      async boot(place) {
        if (flaw.boot !== undefined) throw flaw.boot;
        const booted = await node.boot(place);
        return {
          ...booted,
          state: () => (flaw.state === undefined ? booted.state() : streamOf(...flaw.state)),
          cluster: {
            status: async (signal) => ({ ...(await booted.cluster.status(signal)), ...flaw.status }),
            async *audit(query, signal) {
              const events: AuditEvent[] = [];
              for await (const event of booted.cluster.audit(query, signal)) events.push(event);
              yield* flaw.events?.(events) ?? events;
            },
          },
        };
      },
    },
  };
  return { ports, node, stage };
}

const wish = { archive: fileAt('cluster.tar.gz'), name: undefined, daemonVersion: undefined, workDirectory: undefined };
const rehearse = (flaw?: Flaw, setting?: RestoreSetting) =>
  rehearseRestore(rehearsalStage(flaw, setting).ports, wish, never);

test('restores, boots, checks three things, and reports what would come back', async () => {
  const { restored, checks, deployments } = await rehearse();
  assert.is(restored.plan.seed.voter.id, 'node-1');
  assert.equal(checks, [
    'the node node-1 came up as the single voter and leads',
    `its state is the archive's, byte for byte (${state.length} bytes)`,
    'RESTORE_COMPLETED stands in its audit log, for index 1000',
  ]);
  assert.equal(deployments, { count: 0, names: [] });
});

test('recognises the state in any pieces, with what the node has added since', async () => {
  const pieces = [state.subarray(0, 5), state.subarray(5), field(15, 'restore completed')];
  assert.is((await rehearse({ state: pieces })).checks.length, 3);
});

const stays: LeftBehind = { path: '/tmp/rehearsal-1', state: 'there', secret: true, reason: 'It is in use.' };

/** The ports of a stage, whose places cannot be removed. */
function stubborn({ ports }: ReturnType<typeof rehearsalStage>): RehearsalPorts {
  const prepare: RehearsalPorts['node']['prepare'] = async (directory) => ({
    ...(await ports.node.prepare(directory)),
    remove: async () => [stays],
  });
  return { ...ports, node: { ...ports.node, prepare } };
}

test('names what could not be removed afterwards', async () => {
  assert.equal((await rehearse()).leftBehind, []);
  assert.equal((await rehearseRestore(stubborn(rehearsalStage()), wish, never)).leftBehind, [stays]);
});

test('also names what could not be removed after a failure', async () => {
  const boot = new JacoError('store_damaged', 'no store.');
  const told = await rejectionOf('store_damaged', rehearseRestore(stubborn(rehearsalStage({ boot })), wish, never));
  assert.equal(told.leftBehind, [stays]);
});

test('reports nothing that the restore left in a place that is gone', async () => {
  const setting: RestoreSetting = {
    at: {
      'commit store': () => {
        throw new JacoError('storage_failed', 'the disk is gone.');
      },
    },
    left: { 'discard store': [stays] },
  };
  const told = await rejectionOf('storage_failed', rehearse({}, setting));
  assert.equal(told.leftBehind, []);
});

test('makes the identity too that a restore would make', async () => {
  const { certificate, key } = inMemoryAuthority('CA');
  const snapshot = [clusterRecord(field(1, 'c-1'), field(2, certificate), field(3, key))];
  const { restored } = await rehearse({}, { snapshot });
  assert.equal(restored.identityFiles, ['node/ca.crt', 'node/node-1.crt', 'node/node-1.key']);
});

test('warns of what every restore of the archive would, and of nothing that is of the rehearsal alone', async () => {
  const outcome = await rehearse({}, { snapshot: [clusterRecord(field(1, 'c-1'))] });
  const sentences = outcome.restored.archiveWarnings.map(({ sentence }) => sentence);
  assert.is(sentences.length, 1);
  assert.match(sentences.join(), /^the state holds no CA, so this node gets no certificate: /);
});

test('rehearses under its own name if this host has no valid one', async () => {
  const { ports } = rehearsalStage();
  const host = { ...ports.restore.host, hostname: () => 'not a hostname' };
  const { restored } = await rehearseRestore({ ...ports, restore: { ...ports.restore, host } }, wish, never);
  assert.is(restored.plan.seed.voter.id, 'rehearsal');
});

test('counts deployments without a name, and those too large to be looked into', async () => {
  const large = field(3, Buffer.concat([field(1, 'large'), field(6, new Uint8Array(keptRecordLimitBytes))]));
  const nameless = field(3, field(10, 'a@b.c'));
  const { deployments } = await rehearse({}, { snapshot: [clusterRecord(field(1, 'c-1')), large, nameless] });
  assert.equal(deployments, { count: 2, names: [''] });
});

test('rehearses in the place that was prepared, under the name that was asked for', async () => {
  const { ports, stage } = rehearsalStage();
  const { restored } = await rehearseRestore(ports, { ...wish, name: 'node-9', workDirectory: '/dev/shm' }, never);
  assert.equal(restored.plan.seed.voter, { id: 'node-9', address: '10.0.0.1:7001' });
  assert.match(stage.inspected[0]?.dataDirectory ?? '', '/dev/shm/');
});

test('names the deployments, and counts those beyond what it names', async () => {
  const many = Array.from({ length: namedDeployments + 3 }, (_, number) => field(3, field(1, `web-${number}`)));
  const { deployments } = await rehearse({}, { snapshot: [state, ...many] });
  assert.is(deployments.count, namedDeployments + 3);
  assert.equal([deployments.names.length, deployments.names[0]], [namedDeployments, 'web-0']);
});

for (const [what, flaw, says] of [
  ['does not lead', { status: { leader: '' } }, /leader none/],
  ['is not initialized', { status: { initialized: false } }, /not as the single voter/],
  ['is led by another', { status: { leader: '10.9.9.9:7001' } }, /leader 10\.9\.9\.9:7001/],
  ['has no voter', { status: { nodes: [] } }, /0 voters/],
  ['holds another state', { state: [clusterRecord(field(1, 'c-2'))] }, /not the one that is in the archive/],
  ['holds less of the state', { state: [state.subarray(0, 5)] }, /not the one that is in the archive/],
  [
    'holds a changed state',
    { state: [Uint8Array.from(state, (byte) => byte ^ 1)] },
    /not the one that is in the archive/,
  ],
  ['has not recorded the restore', { events: () => [] }, /RESTORE_COMPLETED 0 times/],
  ['has recorded it twice', { events: (events) => [...events, ...events] }, /RESTORE_COMPLETED 2 times/],
  [
    'has recorded another restore',
    { events: (events) => events.map((event) => ({ ...event, payload: { ...event.payload, snapshot_index: '1' } })) },
    /RESTORE_COMPLETED 0 times/,
  ],
] as readonly (readonly [string, Flaw, RegExp])[]) {
  test(`fails when the node ${what}, and removes everything`, async () => {
    const { ports, node } = rehearsalStage(flaw);
    const refusal = await rejectionOf('rehearsal_failed', rehearseRestore(ports, wish, never));
    assert.match(refusal.message, says);
    assert.equal([node.places.size, node.running.size], [0, 0]);
  });
}

test('takes a state to which the node has added', async () => {
  await rehearse({ state: [state, field(15, 'event')] });
});

test('removes everything when the archive is refused, or the node does not boot', async () => {
  const damaged = new JacoError('store_damaged', 'log.db is damaged');
  const refusing = rehearsalStage({}, { metadata: { schemaVersion: 2 } });
  await rejectionOf('schema_unsupported', rehearseRestore(refusing.ports, wish, never));
  const failing = rehearsalStage({ boot: damaged });
  assert.is(await rejectionOf('store_damaged', rehearseRestore(failing.ports, wish, never)), damaged);
  assert.equal([refusing.node.places.size, failing.node.places.size], [0, 0]);
});

test('stops and removes everything after a rehearsal in which all held', async () => {
  const { ports, node } = rehearsalStage();
  await rehearseRestore(ports, wish, never);
  assert.equal([node.places.size, node.running.size], [0, 0]);
});

test('does not begin once the signal has fired', async () => {
  const { ports, node } = rehearsalStage();
  await rejectionOf('interrupted', rehearseRestore(ports, wish, AbortSignal.abort()));
  assert.is(node.places.size, 0);
});

test('hands the archive on to the store byte for byte', async () => {
  const { ports, stage } = rehearsalStage();
  let held: Uint8Array | undefined;
  const node = {
    ...ports.node,
    boot: (place: Parameters<typeof ports.node.boot>[0]) => {
      held = stage.stores.get(place.dataDirectory)?.snapshot;
      return ports.node.boot(place);
    },
  };
  await rehearseRestore({ ...ports, node }, wish, never);
  assert.ok(Buffer.from(held ?? []).equals(await collect(streamOf(state))));
});

test.run();
