import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AuditEvent, AuditQuery } from '../../src/domain/cluster/audit-event.js';
import type { ClusterStatus } from '../../src/domain/cluster/cluster-status.js';
import { JacoError } from '../../src/domain/errors.js';
import type { ClusterView } from '../../src/ports/cluster-view.js';
import type { ScriptedCluster } from '../fakes/in-memory-cluster-view.js';
import { scriptedRefusal } from '../fakes/in-memory-snapshot-source.js';

/** One implementation that asks one cluster. */
export interface Harness {
  readonly view: ClusterView;
  /** How often the cluster was asked. */
  calls(): number;
  close(): Promise<void>;
}

/** A cluster of three nodes whose numbers do not fit into a double. */
const sampleStatus: ClusterStatus = {
  initialized: true,
  leader: '10.0.0.5:7001',
  raftIndex: 2n ** 64n - 1n,
  nodes: [
    node('node-1', '10.0.0.5:7001', 'ready', 'voter', '10.0.0.5:7000'),
    node('node-2', '10.0.0.6:7001', 'joining', 'nonvoter', ''),
    node('node-3', '10.0.0.7:7001', 'isolation_unavailable', 'unknown', ''),
  ],
};

const founded = Date.parse('2026-05-25T10:00:00Z');

const sampleEvents: readonly AuditEvent[] = [
  event(5n, 'TOKEN_ISSUE', '2026-05-25T10:00:00Z', { identity: 'operator' }),
  event(2n ** 63n, 'BACKUP_TAKEN', '2026-05-25T11:00:00.000000001Z', { snapshot_index: '4178' }),
  event(2n ** 64n - 1n, 'RESTORE_COMPLETED', '2026-05-25T12:00:00.5Z', {}),
];

/** What {@link ClusterView} promises, for any implementation. `open` makes one whose cluster follows a script. */
export function clusterViewContract(
  name: string,
  open: (script: ScriptedCluster, deadlineMs: number) => Promise<Harness>,
): void {
  const test = suite(`ClusterView contract: ${name}`);
  const never = new AbortController().signal;
  const enough = 30_000;
  const everything: AuditQuery = { types: [] };
  let harness: Harness | undefined;

  async function viewOf(script: Partial<ScriptedCluster> = {}, deadlineMs = enough): Promise<Harness> {
    harness = await open({ status: sampleStatus, events: sampleEvents, ending: 'end', ...script }, deadlineMs);
    return harness;
  }

  test.after.each(async () => {
    await harness?.close();
    harness = undefined;
  });

  test('reports the status with every digit of the raft index', async () => {
    const { view } = await viewOf();
    assert.equal(await view.status(never), sampleStatus);
  });

  test('reports a daemon without a cluster', async () => {
    const status: ClusterStatus = { initialized: false, leader: '', raftIndex: 0n, nodes: [] };
    const { view } = await viewOf({ status });
    assert.equal(await view.status(never), status);
  });

  test('yields the audit log, oldest event first', async () => {
    const { view } = await viewOf();
    assert.equal(await eventsOf(view.audit(everything, never)), sampleEvents);
  });

  test('yields an empty audit log', async () => {
    const { view } = await viewOf({ events: [] });
    assert.equal(await eventsOf(view.audit(everything, never)), []);
  });

  test('yields only events of the requested types', async () => {
    const { view } = await viewOf();
    const events = await eventsOf(view.audit({ types: ['BACKUP_TAKEN', 'TOKEN_ISSUE'] }, never));
    assert.equal(
      events.map(({ type }) => type),
      ['TOKEN_ISSUE', 'BACKUP_TAKEN'],
    );
  });

  test('yields only events from a moment on, including that moment', async () => {
    const { view } = await viewOf();
    const since = async (sinceMs: number) => (await eventsOf(view.audit({ types: [], sinceMs }, never))).length;
    assert.equal([await since(founded), await since(founded + 1), await since(founded + 7_200_500)], [3, 2, 1]);
  });

  test('asks nothing before the first pull of the audit log', async () => {
    const { view, calls } = await viewOf();
    const events = view.audit(everything, never);
    assert.is(calls(), 0);
    await eventsOf(events);
    assert.is(calls(), 1);
  });

  test('yields the events that came before the call failed', async () => {
    const { view } = await viewOf({ ending: 'refuse' });
    const seen: AuditEvent[] = [];
    const failing = (async () => {
      for await (const one of view.audit(everything, never)) seen.push(one);
    })();
    assert.is((await failureOf(failing)).code, 'daemon_refused');
    assert.ok(seen.length <= sampleEvents.length);
  });

  const failures = [
    { ending: 'refuse', code: 'daemon_refused', when: 'the daemon refuses' },
    { ending: 'absent', code: 'connection_failed', when: 'nobody answers' },
    { ending: 'break', code: 'stream_broken', when: 'the connection breaks' },
    { ending: 'hang', code: 'deadline_exceeded', when: 'the call stalls past the deadline' },
  ] as const;

  for (const { ending, code, when } of failures) {
    test(`fails with ${code} when ${when}`, async () => {
      const { view } = await viewOf({ ending }, ending === 'hang' ? 150 : enough);
      assert.is((await failureOf(view.status(never))).code, code);
      if (ending === 'break') return;
      assert.is((await failureOf(eventsOf(view.audit(everything, never)))).code, code);
    });
  }

  test('reports the error of the daemon with its code and message', async () => {
    const { view } = await viewOf({ ending: 'refuse' });
    const error = await failureOf(view.status(never));
    assert.is(error.message, `${scriptedRefusal.code}: ${scriptedRefusal.message}`);
    assert.is(error.details['daemonCode'], scriptedRefusal.code);
  });

  test('sends no request once the signal has fired', async () => {
    const { view, calls } = await viewOf();
    assert.is((await failureOf(view.status(AbortSignal.abort()))).code, 'interrupted');
    assert.is((await failureOf(eventsOf(view.audit(everything, AbortSignal.abort())))).code, 'interrupted');
    assert.is(calls(), 0);
  });

  test('stops waiting when the signal fires', async () => {
    const { view } = await viewOf({ ending: 'hang' });
    assert.is((await failureOf(view.status(AbortSignal.timeout(50)))).code, 'interrupted');
    assert.is((await failureOf(eventsOf(view.audit(everything, AbortSignal.timeout(50))))).code, 'interrupted');
  });

  test.run();
}

async function eventsOf(stream: AsyncIterable<AuditEvent>): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  for await (const one of stream) events.push(one);
  return events;
}

/** The refusal that `pending` ends in. @throws what else it ends in */
async function failureOf(pending: Promise<unknown>): Promise<JacoError> {
  const error = await pending.then(
    () => new Error('it succeeded'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof JacoError) return error;
  throw error;
}

function node(
  hostname: string,
  address: string,
  status: string,
  suffrage: ClusterStatus['nodes'][number]['suffrage'],
  grpcAddress: string,
): ClusterStatus['nodes'][number] {
  return { hostname, address, status, suffrage, grpcAddress };
}

function event(raftIndex: bigint, type: string, timestamp: string, payload: Record<string, string>): AuditEvent {
  return { raftIndex, type, identity: 'operator', timestamp, payload };
}
