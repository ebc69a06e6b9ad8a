import { JacoError } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import type { RaftVoter } from '../../domain/restore/raft-store-seed.js';
import { printable } from '../../domain/values/printable-text.js';
import type { FileSystem } from '../filesystem/file-system.js';
import type { StoredLogEntry } from '../raft/log-store.js';
import { openRaftStore } from '../raft/raft-store-reader.js';
import { type ReplayedStore, replayStore, type StateMachine } from '../raft/replayed-store.js';
import type { RaftServer } from '../raft/snapshot-meta.js';
import { createReplicatedState, type ReplicatedState } from './replicated-state.js';

/** The content of a booted raft directory. */
export interface StoredRaft extends Omit<ReplayedStore<unknown>, 'state' | 'lastTerm'> {
  readonly currentTerm: bigint;
  /** Whether the node has taken part in an election; a store that was just restored has not. */
  readonly elected: boolean;
  /** The log after the snapshot, without gaps. */
  readonly entries: readonly StoredLogEntry[];
  readonly state: ReplicatedState;
}

/**
 * Boots a raft directory as {@link replayStore} does, and keeps its log in memory, because the sandbox rewrites it with
 * each entry.
 * @throws store_damaged, permission_denied, storage_failed
 */
export async function readStoredRaft(fileSystem: FileSystem, raftDirectory: string): Promise<StoredRaft> {
  const store = await openRaftStore(fileSystem, raftDirectory);
  try {
    const entries: StoredLogEntry[] = [];
    const replayed = await replayStore(store, stateMachine, (entry) => entries.push(entry));
    const { currentTerm, lastVote } = store;
    return { ...replayed, currentTerm, elected: lastVote !== undefined, entries, state: replayed.state.state };
  } finally {
    await store.close();
  }
}

function stateMachine(): StateMachine & { readonly state: ReplicatedState } {
  const state = createReplicatedState();
  return {
    state,
    apply: state.apply,
    async restore(content, refuse) {
      const walk = state.load(refuse);
      for await (const bytes of content) walk.feed(bytes);
      const found = walk.finish();
      if (found.kind === 'malformed') throw refuse(`at byte ${found.atByte}, ${found.reason}`);
    },
  };
}

/**
 * The only voter of a store. `name` is the node that wants to boot it; undefined accepts any voter.
 * @throws store_damaged    the configuration has no voter
 * @throws request_invalid  it has others, or the only voter is not `name`
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
