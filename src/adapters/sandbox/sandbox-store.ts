import type { FileOwner, RaftVoter } from '../../domain/restore/raft-store-seed.js';
import { raftDirectoryNames, snapshotPaths } from '../../domain/values/data-directory-layout.js';
import type { Clock } from '../../ports/clock.js';
import type { StateKeyring } from '../../ports/state-keyring.js';
import { type Draft, messages } from '../contract/contract.js';
import type { AuditEventMessage, CommandMessage } from '../contract/messages.js';
import { removeTree } from '../filesystem/file-operations.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { namingFailures } from '../filesystem/named-failures.js';
import { replaceFile } from '../filesystem/replace-file.js';
import { damageOf } from '../raft/damaged-store.js';
import { encodeLogEntry, type LogEntryType } from '../raft/log-entry.js';
import type { StoredLogEntry } from '../raft/log-page.js';
import { encodeLogStore } from '../raft/log-store.js';
import { listSnapshots, openSnapshot } from '../raft/snapshot-directory.js';
import type { RaftServer, SnapshotMeta } from '../raft/snapshot-meta.js';
import { writeSnapshot } from '../raft/snapshot-writer.js';
import type { ReplicatedState } from './replicated-state.js';
import type { StoredRaft } from './stored-raft.js';

/** The raft store of a running sandbox. Its calls must not overlap, except that content may be read meanwhile. */
export interface SandboxStore {
  readonly voter: RaftVoter;
  readonly servers: readonly RaftServer[];
  readonly state: ReplicatedState;
  /** The keyring that the store is sealed under; undefined for a plain store. */
  readonly keyring: StateKeyring | undefined;
  term(): bigint;
  lastIndex(): bigint;
  /** Appends a command to the log, durably, and applies it; returns the audit events that it added. */
  append(command: Draft<CommandMessage>): Promise<readonly AuditEventMessage[]>;
  /**
   * Writes the whole state into a snapshot, durably, and compacts the log; returns the newest one if nothing has
   * changed.
   */
  takeSnapshot(): Promise<SnapshotMeta>;
  /** The state in a snapshot from {@link takeSnapshot}, in the clear, which is not removed while they are read. */
  readSnapshot(snapshot: SnapshotMeta): AsyncIterable<Uint8Array>;
  /**
   * The current state: the newest snapshot and the later changes. The checksum of what the boot has read is not
   * computed again: a daemon holds it in memory.
   */
  content(): AsyncIterable<Uint8Array>;
}

/** The number that the daemon keeps (wire facts, section 3). */
const keptSnapshots = 3;

/**
 * Continues a raft directory as its elected single voter: in a new term, with its own first entry, as hashicorp/raft
 * does on election. Files get `owner`.
 * @throws permission_denied, storage_failed
 */
export async function electSandboxStore(
  fileSystem: FileSystem,
  clock: Clock,
  raftDirectory: string,
  stored: StoredRaft,
  voter: RaftVoter,
  owner: FileOwner | undefined,
): Promise<SandboxStore> {
  const files = namingFailures(fileSystem);
  const term = stored.currentTerm + 1n;
  const reading = new Map<string, number>();
  let { snapshot, lastIndex } = stored;
  let entries: readonly StoredLogEntry[] = stored.entries;
  const { changes } = stored.state;
  const { access } = stored;

  async function writeLog(next: readonly StoredLogEntry[]): Promise<void> {
    const lastVote = { term, candidate: voter.address };
    const { stableValues } = stored;
    const bytes = encodeLogStore({ currentTerm: term, lastVote, stableValues, entries: next });
    await replaceFile(files, `${raftDirectory}/${raftDirectoryNames.logStore}`, bytes, owner);
    entries = next;
  }

  async function appendEntry(type: LogEntryType, data: Uint8Array): Promise<void> {
    const index = lastIndex + 1n;
    const appendedAtNanoseconds = BigInt(clock.nowMs()) * 1_000_000n;
    const entry = { index, term, type, data, extensions: new Uint8Array(0) };
    const bytes = encodeLogEntry({ ...entry, ...access.seal.sealEntry(entry), appendedAtNanoseconds });
    await writeLog([...entries, { index, bytes }]);
    lastIndex = index;
  }

  async function* content(): AsyncGenerator<Uint8Array, void, undefined> {
    const base = snapshot;
    if (base === undefined) yield* changes.appliedTo(nothing);
    else
      yield* kept(
        base,
        changes.appliedTo(() => open(base, base === stored.snapshot)),
      );
  }

  /** `verified`: the boot has read it to its end. */
  async function* open({ id }: SnapshotMeta, verified = false): AsyncGenerator<Uint8Array, void, undefined> {
    const { meta, content: sealed } = await openSnapshot(fileSystem, raftDirectory, id, { verified });
    yield* access.openState(sealed, meta, damageOf(`${raftDirectory}/${snapshotPaths(id).state}`));
  }

  /** Passes `bytes` on, and keeps the snapshot that they come from until they end. */
  async function* kept(
    { id }: SnapshotMeta,
    bytes: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    reading.set(id, (reading.get(id) ?? 0) + 1);
    try {
      yield* bytes;
    } finally {
      reading.set(id, (reading.get(id) ?? 1) - 1);
    }
  }

  async function reapSnapshots(): Promise<void> {
    for (const { id } of (await listSnapshots(fileSystem, raftDirectory)).slice(keptSnapshots)) {
      if ((reading.get(id) ?? 0) === 0) await removeTree(files, `${raftDirectory}/${snapshotPaths(id).directory}`);
    }
  }

  // The vote for itself and the new leader's first entry.
  await appendEntry('noop', new Uint8Array(0));
  return {
    voter,
    servers: stored.servers,
    state: stored.state,
    keyring: access.keyring,
    term: () => term,
    lastIndex: () => lastIndex,
    async append(command) {
      const data = messages.command.encode(command);
      await appendEntry('command', data);
      return stored.state.apply(lastIndex, data, damageOf(raftDirectory));
    },
    async takeSnapshot() {
      if (snapshot !== undefined && snapshot.index === lastIndex) return snapshot;
      const description = {
        id: `${term}-${lastIndex}-${clock.nowMs()}`,
        index: lastIndex,
        term,
        servers: stored.servers,
        configurationIndex: stored.configurationIndex,
      };
      const base = snapshot;
      const state = changes.foldedInto(() => (base === undefined ? nothing() : open(base)));
      const sealed = access.seal.sealState(state, description);
      const written = await writeSnapshot(fileSystem, raftDirectory, description, sealed, owner);
      snapshot = { ...description, ...written };
      changes.forget();
      await writeLog([]);
      await reapSnapshots();
      return snapshot;
    },
    readSnapshot: (meta) => kept(meta, open(meta)),
    content,
  };
}

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {}
