import { isJacoError, JacoError } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import type { RaftVoter } from '../../domain/restore/raft-store-seed.js';
import { raftDirectoryNames, snapshotPaths } from '../../domain/values/data-directory-layout.js';
import { printable } from '../../domain/values/printable-text.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { damageOf, type RefuseDamage } from '../raft/damaged-store.js';
import { decodeLogEntry } from '../raft/log-entry.js';
import { readLogStore, type StoredLogEntry } from '../raft/log-store.js';
import { decodeRaftConfiguration } from '../raft/raft-configuration.js';
import { listSnapshots, openSnapshot } from '../raft/snapshot-directory.js';
import type { RaftServer, SnapshotMeta } from '../raft/snapshot-meta.js';
import { createReplicatedState, type ReplicatedState } from './replicated-state.js';

/** What a raft directory says when it is booted. */
export interface StoredRaft {
  readonly currentTerm: bigint;
  /** Whether the node has taken part in an election; a store that was just restored has seen none. */
  readonly elected: boolean;
  readonly lastIndex: bigint;
  /** The snapshot that the state begins with. */
  readonly snapshot: SnapshotMeta | undefined;
  /** The log behind it, without gaps. */
  readonly entries: readonly StoredLogEntry[];
  readonly servers: readonly RaftServer[];
  /** The index of the log entry that made `servers` the members. */
  readonly configurationIndex: bigint;
  readonly state: ReplicatedState;
  /** Why newer snapshots than `snapshot` cannot be used, newest first, a sentence each. */
  readonly passedOver: readonly string[];
}

/**
 * Reads a raft directory by the rules of hashicorp/raft v1.7 (api.go NewRaft): the newest snapshot whose checksum
 * holds, its configuration, then every log entry behind it. Where that engine would stop with an error or a panic,
 * this does too.
 * @throws store_damaged, permission_denied, storage_failed
 */
export async function readStoredRaft(fileSystem: FileSystem, raftDirectory: string): Promise<StoredRaft> {
  const path = `${raftDirectory}/${raftDirectoryNames.logStore}`;
  const refuse = damageOf(path);
  const log = await readLogStore(fileSystem, path);
  try {
    const { snapshot, state, failures } = await loadSnapshot(fileSystem, raftDirectory);
    if (snapshot !== undefined && log.currentTerm < snapshot.term) {
      throw refuse(
        `its CurrentTerm is ${log.currentTerm}, below the term ${snapshot.term} of the newest snapshot: every later snapshot would sort as older`,
      );
    }
    let servers = snapshot?.servers ?? [];
    let configurationIndex = snapshot?.configurationIndex ?? 0n;
    let lastIndex = snapshot?.index ?? 0n;
    const entries: StoredLogEntry[] = [];
    for await (const stored of log.entries(lastIndex + 1n)) {
      if (stored.index !== lastIndex + 1n) throw missingEntry(lastIndex + 1n, failures, refuse);
      const entry = decodeLogEntry(stored.bytes, refuse);
      if (entry.index !== stored.index) throw refuse(`log entry ${stored.index} says that it is ${entry.index}`);
      if (entry.type === 'configuration') {
        servers = decodeRaftConfiguration(entry.data, refuse);
        configurationIndex = entry.index;
      }
      if (entry.type === 'command') state.apply(entry.index, entry.data, refuse);
      entries.push(stored);
      lastIndex = stored.index;
    }
    const passedOver = failures.map(({ message }) => message);
    const { currentTerm } = log;
    const elected = log.lastVoteTerm !== undefined;
    return { currentTerm, lastIndex, elected, snapshot, entries, servers, configurationIndex, state, passedOver };
  } finally {
    await log.close();
  }
}

/**
 * The one voter of a store. `name` is who wants to boot it; undefined takes whoever the voter is.
 * @throws store_damaged    the configuration has no voter
 * @throws request_invalid  it has others, or the one voter is not `name`
 */
export function soleVoter(servers: readonly RaftServer[], name: string | undefined): RaftVoter {
  const voters = servers.filter(({ suffrage }) => suffrage === 'voter');
  const [voter] = voters;
  if (voter === undefined) {
    throw new JacoError('store_damaged', 'the raft store names no voter, so nobody could ever lead it.', {
      remedies: [advice('Restore a backup into a fresh data directory.')],
    });
  }
  if (voters.length > 1) {
    throw new JacoError(
      'request_invalid',
      `the raft store has ${voters.length} voters; the sandbox replicates nothing and boots only stores of a single voter.`,
      { remedies: [advice('Take a backup of that cluster and restore it into a fresh data directory.')] },
    );
  }
  if (name !== undefined && name !== voter.id) {
    throw new JacoError(
      'request_invalid',
      `the raft store's single voter is ${printable(voter.id, 80)}: a node called ${printable(name, 80)} would never lead it.`,
      { remedies: [{ kind: 'start-as', name: printable(voter.id, 80) }] },
    );
  }
  return voter;
}

interface LoadedSnapshot {
  readonly snapshot: SnapshotMeta | undefined;
  readonly state: ReplicatedState;
  /** Why newer ones cannot be used, newest first. */
  readonly failures: readonly JacoError[];
}

/** The engine tries its snapshots from the newest on, and gives up when there are some and none can be used. */
async function loadSnapshot(fileSystem: FileSystem, raftDirectory: string): Promise<LoadedSnapshot> {
  const failures: JacoError[] = [];
  for (const snapshot of await listSnapshots(fileSystem, raftDirectory)) {
    try {
      return { snapshot, state: await loadState(fileSystem, raftDirectory, snapshot), failures };
    } catch (error) {
      if (!isJacoError(error)) throw error;
      failures.push(error);
    }
  }
  if (failures[0] !== undefined) throw failures[0];
  return { snapshot: undefined, state: createReplicatedState(), failures };
}

/** Where a snapshot was passed over, the log is in order: it begins behind that snapshot. */
function missingEntry(index: bigint, [damaged]: readonly JacoError[], refuse: RefuseDamage): JacoError {
  const gap = refuse(`log entry ${index} is missing`);
  if (damaged === undefined) return gap;
  const sentence = `${damaged.message} An older snapshot cannot take its place, as log entry ${index} is missing.`;
  return new JacoError('store_damaged', sentence, {
    remedies: gap.remedies,
    details: damaged.details,
    cause: damaged,
  });
}

async function loadState(
  fileSystem: FileSystem,
  raftDirectory: string,
  snapshot: SnapshotMeta,
): Promise<ReplicatedState> {
  const refuse = damageOf(`${raftDirectory}/${snapshotPaths(snapshot.id).state}`);
  const state = createReplicatedState();
  const walk = state.load(refuse);
  const { content } = await openSnapshot(fileSystem, raftDirectory, snapshot.id);
  for await (const bytes of content) walk.feed(bytes);
  const found = walk.finish();
  if (found.kind === 'malformed') throw refuse(`at byte ${found.atByte}, ${found.reason}`);
  return state;
}
