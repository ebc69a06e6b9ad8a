import { JacoError } from '../../domain/errors.js';
import { advice, giveParameter } from '../../domain/remedy.js';
import type { RaftVoter } from '../../domain/restore/raft-store-seed.js';
import { printable } from '../../domain/values/printable-text.js';
import type { FileSystem } from '../filesystem/file-system.js';
import type { StoredLogEntry } from '../raft/log-page.js';
import { openRaftStore } from '../raft/raft-store-reader.js';
import { type ReplayedStore, replayStore, type StateMachine } from '../raft/replayed-store.js';
import type { RaftServer } from '../raft/snapshot-meta.js';
import { plainAccess, type StoreAccess, sealedFormatKey } from '../raft/store-access.js';
import { createReplicatedState, type ReplicatedState } from './replicated-state.js';

/** The content of a booted raft directory. */
export interface StoredRaft extends Omit<ReplayedStore<unknown>, 'state' | 'lastTerm'> {
  readonly currentTerm: bigint;
  /** Whether the node has taken part in an election; a store that was just restored has not. */
  readonly elected: boolean;
  /** The log after the snapshot, without gaps. */
  readonly entries: readonly StoredLogEntry[];
  readonly state: ReplicatedState;
  /** How its content is read and written. */
  readonly access: StoreAccess;
  /** What the stable store holds beside the engine's keys. */
  readonly stableValues: ReadonlyMap<string, Uint8Array>;
}

/** Reads the keyring for a store that is sealed. */
export type LoadStoreAccess = () => Promise<StoreAccess>;

/**
 * Boots a raft directory as {@link replayStore} does, and keeps its log in memory, because the sandbox rewrites it with
 * each entry.
 * @throws schema_unsupported  it is sealed, and there is no keyring
 * @throws keyring_unusable, keyring_mismatch, store_damaged, permission_denied, storage_failed
 */
export async function readStoredRaft(
  fileSystem: FileSystem,
  raftDirectory: string,
  loadAccess?: LoadStoreAccess,
): Promise<StoredRaft> {
  const access = await accessTo(fileSystem, raftDirectory, loadAccess);
  const store = await openRaftStore(fileSystem, raftDirectory, access);
  try {
    const entries: StoredLogEntry[] = [];
    const replayed = await replayStore(store, stateMachine, (entry) => entries.push(entry));
    const { currentTerm, lastVote, stableValues } = store;
    const elected = lastVote !== undefined;
    return { ...replayed, currentTerm, elected, entries, state: replayed.state.state, access, stableValues };
  } finally {
    await store.close();
  }
}

/** How the store is kept. A ring is read only for one that is sealed. */
async function accessTo(
  fileSystem: FileSystem,
  raftDirectory: string,
  loadAccess: LoadStoreAccess | undefined,
): Promise<StoreAccess> {
  const store = await openRaftStore(fileSystem, raftDirectory);
  try {
    if (!store.stableValues.has(sealedFormatKey)) return plainAccess;
    if (loadAccess === undefined) {
      throw new JacoError(
        'schema_unsupported',
        `${printable(raftDirectory, 4096)} is sealed under the keyring of its cluster, and no keyring is at hand.`,
        { remedies: [giveParameter('keyFile')] },
      );
    }
    const access = await loadAccess();
    access.requireOwn(store.stableValues, store.refuseLog);
    return access;
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
