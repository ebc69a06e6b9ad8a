import { createHash, type Hash } from 'node:crypto';
import { createNodeFileSystem } from '../../src/adapters/filesystem/node-file-system.js';
import { damageOf } from '../../src/adapters/raft/damaged-store.js';
import { decodeLogEntry, type LogEntry } from '../../src/adapters/raft/log-entry.js';
import { readLogStore } from '../../src/adapters/raft/log-store.js';
import { listSnapshots, openSnapshot } from '../../src/adapters/raft/snapshot-directory.js';
import type { SnapshotMeta } from '../../src/adapters/raft/snapshot-meta.js';
import { raftDirectoryNames } from '../../src/domain/values/data-directory-layout.js';
import type { RaftDirectory, SnapshotEntry } from './engine-replies.js';

const fileSystem = createNodeFileSystem();
const entryTypes = ['command', 'noop', 'add-peer', 'remove-peer', 'barrier', 'configuration'];

/** What our own readers see in a raft directory, in the words of the engine's side. */
export async function ourReading(raftDirectory: string): Promise<RaftDirectory> {
  const snapshots = await listSnapshots(fileSystem, raftDirectory);
  return {
    ...(await readLog(`${raftDirectory}/${raftDirectoryNames.logStore}`)),
    snapshots: await Promise.all(snapshots.map((snapshot) => readSnapshot(raftDirectory, snapshot))),
  };
}

/** The engine's description, without the one difference that our reader does not see: no term and term 0. */
export function comparable(directory: RaftDirectory): RaftDirectory {
  return { ...directory, currentTerm: directory.currentTerm ?? 0n };
}

async function readLog(path: string): Promise<Omit<RaftDirectory, 'snapshots'>> {
  const log = await readLogStore(fileSystem, path);
  const digest = createHash('sha256');
  let entries = 0;
  let lastLogTerm = 0n;
  try {
    for await (const { bytes } of log.entries(0n)) {
      const entry = decodeLogEntry(bytes, damageOf(path));
      hashEntry(digest, entry);
      entries++;
      lastLogTerm = entry.term;
    }
    return {
      currentTerm: log.currentTerm,
      lastVoteTerm: log.lastVoteTerm ?? null,
      lastVoteCand: log.lastVoteCandidate ?? '',
      firstIndex: log.firstIndex ?? 0n,
      lastIndex: log.lastIndex ?? 0n,
      lastLogTerm,
      entries,
      logDigest: digest.digest('hex'),
    };
  } finally {
    await log.close();
  }
}

/** The same form as hashEntry of the engine's side. */
function hashEntry(digest: Hash, entry: LogEntry): void {
  const type = BigInt(entryTypes.indexOf(entry.type));
  for (const number of [entry.index, entry.term, type, entry.appendedAtNanoseconds ?? 0n])
    digest.update(uint64(number));
  for (const content of [entry.data, entry.extensions]) digest.update(uint64(BigInt(content.length))).update(content);
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

async function readSnapshot(raftDirectory: string, meta: SnapshotMeta): Promise<SnapshotEntry> {
  const digest = createHash('sha256');
  let opens = true;
  try {
    const { content } = await openSnapshot(fileSystem, raftDirectory, meta.id);
    for await (const chunk of content) digest.update(chunk);
  } catch {
    opens = false;
  }
  return {
    id: meta.id,
    index: meta.index,
    term: meta.term,
    configurationIndex: meta.configurationIndex,
    sizeBytes: BigInt(meta.sizeBytes),
    servers: meta.servers.map((server) => ({
      id: server.id,
      address: server.address,
      suffrage: server.suffrage === 'voter' ? 'Voter' : 'Nonvoter',
    })),
    opens,
    digest: opens ? digest.digest('hex') : '',
  };
}
