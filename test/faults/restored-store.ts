import { createHash } from 'node:crypto';
import { messages } from '../../src/adapters/contract/contract.js';
import { readSmallFile } from '../../src/adapters/filesystem/file-operations.js';
import type { FileSystem } from '../../src/adapters/filesystem/file-system.js';
import { damageOf } from '../../src/adapters/raft/damaged-store.js';
import { decodeLogEntry } from '../../src/adapters/raft/log-entry.js';
import { readLogStore } from '../../src/adapters/raft/log-store.js';
import { listSnapshots, openSnapshot } from '../../src/adapters/raft/snapshot-directory.js';
import { plainAccess, type StoreAccess } from '../../src/adapters/raft/store-access.js';
import type { SnapshotFacts } from '../../src/domain/archive/snapshot-metadata.js';
import { parseMarker } from '../../src/domain/restore/marker.js';

/** What a data directory must hold once an archive was restored into it. */
export interface ExpectedStore {
  readonly dataDirectory: string;
  /** Of the archive. */
  readonly metadata: SnapshotFacts;
  /** How the store is kept; left out, in the clear. */
  readonly access?: StoreAccess | undefined;
  /** Of the archive's state in the clear, in hexadecimal. */
  readonly snapshotSha256: string;
  /** The single voter, as "id address". */
  readonly voter: string;
}

/**
 * Throws, with the reason, unless a daemon that boots there finds the whole restored store and its marker. Gives when
 * the restore ran that made both, in milliseconds since 1970.
 */
export async function requireRestoredStore(files: FileSystem, expected: ExpectedStore): Promise<number> {
  const nowMs = await requireSnapshot(files, expected);
  await requireLogStore(files, expected, nowMs);
  await requireMarker(files, expected, nowMs);
  return nowMs;
}

/** One term and one entry: the commands of this restore, whole. */
async function requireLogStore(
  files: FileSystem,
  { dataDirectory, metadata, voter, access = plainAccess }: ExpectedStore,
  nowMs: number,
): Promise<void> {
  const path = `${dataDirectory}/raft/log.db`;
  const log = await readLogStore(files, path);
  access.requireOwn(log.stableValues, damageOf(path));
  const found: string[] = [];
  for await (const { bytes } of log.entries(0n)) {
    const { index, term, type, data } = access.openEntry(decodeLogEntry(bytes, damageOf(path)), damageOf(path));
    const { batch } = messages.command.decode(data);
    const said = batch?.children.map(({ nodeJoin, nodeStatusUpdate, auditAppend }) =>
      nodeJoin !== undefined
        ? `${nodeJoin.hostname} ${nodeJoin.address}`
        : `${nodeStatusUpdate?.status ?? auditAppend?.event?.payload['imported_at']}`,
    );
    found.push(`${index} ${term} ${type}: ${said?.join()}`);
  }
  await log.close();
  ensure(log.currentTerm === metadata.snapshotTerm, `log.db holds the term ${log.currentTerm}`);
  const expected = `${metadata.snapshotIndex + 1n} ${metadata.snapshotTerm} command: ${voter},2,${new Date(nowMs).toISOString()}`;
  ensure(found.join('; ') === expected, `log.db says ${found.join('; ')}`);
}

async function requireSnapshot(files: FileSystem, expected: ExpectedStore): Promise<number> {
  const raft = `${expected.dataDirectory}/raft`;
  const { snapshotTerm, snapshotIndex } = expected.metadata;
  const [newest] = await listSnapshots(files, raft);
  if (newest === undefined) throw new Error('there is no snapshot');
  const [term, index, nowMs = ''] = newest.id.split('-');
  ensure(term === String(snapshotTerm) && index === String(snapshotIndex), `the newest snapshot is ${newest.id}`);
  const voters = newest.servers.map(({ id, address }) => `${id} ${address}`).join();
  ensure(voters === expected.voter, `the snapshot has other voters: ${voters}`);
  const hash = createHash('sha256');
  const { meta, content } = await openSnapshot(files, raft, newest.id);
  const { access = plainAccess } = expected;
  for await (const chunk of access.openState(content, meta, damageOf(raft))) hash.update(chunk);
  ensure(hash.digest('hex') === expected.snapshotSha256, 'the snapshot has other bytes');
  return Number(nowMs);
}

async function requireMarker(
  files: FileSystem,
  { dataDirectory, metadata }: ExpectedStore,
  nowMs: number,
): Promise<void> {
  const path = `${dataDirectory}/restore.txt`;
  ensure((await files.linkStatus(path)) !== undefined, 'there is a store and no marker');
  const marker = parseMarker(new TextDecoder().decode(await readSmallFile(files, path, 10_000)));
  const { clusterId, snapshotIndex, takenAt } = metadata;
  const expected = [clusterId, snapshotIndex, takenAt, new Date(nowMs).toISOString()].join();
  const found = [marker.clusterId, marker.snapshotIndex, marker.takenAt, marker.importedAt].join();
  ensure(found === expected, `the marker says ${found}`);
}

/** @throws Error with the reason, unless the condition holds */
export function ensure(holds: boolean, reason: string): void {
  if (!holds) throw new Error(reason);
}
