import type { ContentDigest, RunningDigest } from '../../ports/content-digest.js';
import type { RaftStoreInitializer } from '../../ports/raft-store-initializer.js';
import type { RehearsalNode, RehearsalPlace, RehearsingNode } from '../../ports/rehearsal-node.js';
import { leaderOf } from '../cluster/cluster-status.js';
import { JacoError, type LeftBehind, stopIfInterrupted } from '../errors.js';
import { advice } from '../remedy.js';
import { nameOfRecord } from '../state/record-name.js';
import { stateFields, walkSnapshot } from '../state/snapshot-content.js';
import type { ArchiveLocation } from '../values/archive-location.js';
import { printable } from '../values/printable-text.js';
import { type RestoreOutcome, type RestorePorts, restoreArchive } from './restore-archive.js';
import { inThrowAwayPlace, rehearsalHost, rehearsalName } from './throw-away-place.js';

/** The ports of a rehearsal. */
export interface RehearsalPorts {
  readonly restore: RestorePorts;
  readonly node: RehearsalNode;
  readonly digest: ContentDigest;
}

/** What to rehearse. */
export interface RehearsalWish {
  readonly archive: ArchiveLocation;
  /** The node's name; undefined: this host's name. */
  readonly name: string | undefined;
  readonly daemonVersion: string | undefined;
  /** The id of the only cluster whose archive may be rehearsed; undefined: any. */
  readonly expectedCluster?: string | undefined;
  /** Where to put the temporary files; undefined: the system's directory for them. */
  readonly workDirectory: string | undefined;
}

/** A rehearsal that succeeded. */
export interface RehearsalOutcome {
  readonly restored: RestoreOutcome;
  /** The checks that passed, one sentence each. */
  readonly checks: readonly string[];
  /** Names of the deployments that would come up, at most {@link namedDeployments} of them. */
  readonly deployments: { readonly count: number; readonly names: readonly string[] };
  /** Temporary files that could not be removed: the operator has to remove them. */
  readonly leftBehind: readonly LeftBehind[];
}

/** The most deployments that are named. */
export const namedDeployments = 20;

/**
 * Rehearses a restore: restores an archive with the same code into a temporary directory, and boots a node on it that
 * must come up as the single voter, hold the archive's state and record the restore. In any case everything is removed
 * again, or named as left behind.
 * @throws rehearsal_failed  a restored node would not be what the archive promises
 * @throws what {@link restoreArchive} throws, and what the ports throw
 */
export async function rehearseRestore(
  ports: RehearsalPorts,
  wish: RehearsalWish,
  signal: AbortSignal,
): Promise<RehearsalOutcome> {
  return inThrowAwayPlace(ports.node, wish.workDirectory, (place) => rehearseIn(place, ports, wish, signal));
}

async function rehearseIn(
  place: RehearsalPlace,
  ports: RehearsalPorts,
  wish: RehearsalWish,
  signal: AbortSignal,
): Promise<Omit<RehearsalOutcome, 'leftBehind'>> {
  const seen = watchSnapshots(ports.restore.raftStore, ports.digest);
  const name = rehearsalName(wish.name, ports.restore.host);
  const restored = await restoreArchive(
    { ...ports.restore, raftStore: seen.raftStore, host: rehearsalHost(ports.restore.host) },
    {
      archive: wish.archive,
      name,
      advertiseAddress: undefined,
      grpcAddress: undefined,
      daemonVersion: wish.daemonVersion,
      expectedCluster: wish.expectedCluster,
      dataDirectory: place.dataDirectory,
      socket: place.socket,
      identity: true,
      bare: false,
      removeNodes: [],
      removeOtherNodes: false,
      intoOtherFiles: false,
      // The node of a rehearsal boots both.
      store: 'as-archive',
    },
    signal,
  );
  stopIfInterrupted(signal);
  const node = await ports.node.boot(place);
  try {
    stopIfInterrupted(signal);
    const checks = [
      await checkVoter(node, name, signal),
      await checkState(node, restored, { expected: seen.digest(), contentDigest: ports.digest, signal }),
      await checkRecord(node, restored, signal),
    ];
    return { restored, checks, deployments: seen.deployments() };
  } finally {
    await node.stop();
  }
}

/** The store's initializer, which also computes a digest of the state that passes into it. */
function watchSnapshots(raftStore: RaftStoreInitializer, contentDigest: ContentDigest) {
  const digest = contentDigest.start();
  let count = 0;
  const names: string[] = [];
  const walk = walkSnapshot({
    wants: (field) => field === stateFields.deployments && count < namedDeployments,
    visit(field, _encodedBytes, content) {
      if (field !== stateFields.deployments) return;
      count += 1;
      if (content !== undefined) names.push(nameOfRecord(content));
    },
  });
  async function* watch(snapshot: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const bytes of snapshot) {
      digest.update(bytes);
      walk.feed(bytes);
      yield bytes;
    }
  }
  const watching: RaftStoreInitializer = {
    stage: (seed, snapshot, firstCommands, signal) => raftStore.stage(seed, watch(snapshot), firstCommands, signal),
  };
  return { raftStore: watching, digest: () => digest.hex(), deployments: () => ({ count, names }) };
}

async function checkVoter(node: RehearsingNode, name: string, signal: AbortSignal): Promise<string> {
  const status = await node.cluster.status(signal);
  const voters = status.nodes.filter(({ suffrage }) => suffrage === 'voter').map(({ hostname }) => hostname);
  if (!status.initialized || leaderOf(status)?.hostname !== name || voters.length !== 1) {
    throw failed(
      `the node came up with the leader ${printable(status.leader) || 'none'} and ${voters.length} voters, not as the single voter ${name}`,
    );
  }
  return `the node ${name} came up as the single voter and leads`;
}

interface StateComparison {
  /** The digest of the state in the archive. */
  readonly expected: string;
  readonly contentDigest: ContentDigest;
  readonly signal: AbortSignal;
}

/** A booted node only appends to the restored state. */
async function checkState(
  node: RehearsingNode,
  { snapshotSizeBytes }: RestoreOutcome,
  { expected, contentDigest, signal }: StateComparison,
): Promise<string> {
  const digest = contentDigest.start();
  let remaining = snapshotSizeBytes;
  for await (const bytes of node.state()) {
    stopIfInterrupted(signal);
    remaining -= takeUpTo(digest, bytes, remaining);
  }
  if (remaining > 0 || digest.hex() !== expected) {
    throw failed('the state that the node holds is not the one that is in the archive');
  }
  return `its state is the archive's, byte for byte (${snapshotSizeBytes} bytes)`;
}

function takeUpTo(digest: RunningDigest, bytes: Uint8Array, count: number): number {
  const taken = bytes.subarray(0, count);
  if (taken.length > 0) digest.update(taken);
  return taken.length;
}

async function checkRecord(node: RehearsingNode, { plan }: RestoreOutcome, signal: AbortSignal): Promise<string> {
  const index = String(plan.metadata.snapshotIndex);
  let found = 0;
  for await (const { payload } of node.cluster.audit({ types: ['RESTORE_COMPLETED'] }, signal)) {
    if (payload['snapshot_index'] === index && payload['imported_at'] === plan.marker.importedAt) found += 1;
  }
  if (found !== 1) throw failed(`the audit log has RESTORE_COMPLETED ${found} times for this restore, not once`);
  return `RESTORE_COMPLETED stands in its audit log, for index ${index}`;
}

function failed(sentence: string): JacoError {
  return new JacoError('rehearsal_failed', `the rehearsal failed: ${sentence}.`, {
    remedies: [advice('Do not rely on this archive: take another backup and rehearse that.')],
  });
}
