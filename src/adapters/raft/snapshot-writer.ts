import { leavingBehind } from '../../domain/errors.js';
import type { FileOwner } from '../../domain/restore/raft-store-seed.js';
import { raftDirectoryNames, snapshotPaths } from '../../domain/values/data-directory-layout.js';
import { clearAway } from '../filesystem/clearing.js';
import { createOwnedDirectory, writeNewFile } from '../filesystem/file-operations.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { namingFailures } from '../filesystem/named-failures.js';
import { streamToNewFile } from '../filesystem/stream-to-file.js';
import { type Crc64, createCrc64 } from './crc64.js';
import { encodeSnapshotMeta, type SnapshotMeta } from './snapshot-meta.js';

/** The part of meta.json that is known before the snapshot's bytes have passed. */
export type SnapshotDescription = Omit<SnapshotMeta, 'sizeBytes' | 'crc'>;

/** The part that is known afterwards. */
export type WrittenSnapshot = Pick<SnapshotMeta, 'sizeBytes' | 'crc'>;

/**
 * Writes `snapshots/<id>/{state.bin,meta.json}` as the engine does (hashicorp/raft v1.7 file_snapshot.go): into
 * `<id>.tmp`, which is renamed once it is complete, so that no crash leaves an incomplete snapshot that looks complete.
 * When it resolves, everything below `raftDirectory` is durable, and belongs to `owner` if given; directories have mode
 * 0700, files 0600. Creates `snapshots` if it is missing. Consumes `bytes` with back-pressure, and rethrows what it
 * throws. After a failure nothing of the snapshot is left, or the error names it as left behind.
 * @throws permission_denied, storage_failed
 */
export async function writeSnapshot(
  fileSystem: FileSystem,
  raftDirectory: string,
  description: SnapshotDescription,
  bytes: AsyncIterable<Uint8Array>,
  owner: FileOwner | undefined,
): Promise<WrittenSnapshot> {
  const files = namingFailures(fileSystem);
  const parent = `${raftDirectory}/${raftDirectoryNames.snapshots}`;
  if ((await files.status(parent)) === undefined) {
    await createOwnedDirectory(files, parent, owner);
    // Syncs the entry of snapshots/ itself.
    await files.syncDirectory(raftDirectory);
  }
  const finished = `${raftDirectory}/${snapshotPaths(description.id).directory}`;
  const unfinished = `${finished}${raftDirectoryNames.unfinishedSnapshot}`;
  await createOwnedDirectory(files, unfinished, owner);
  try {
    const written = await writeState(files, `${unfinished}/${raftDirectoryNames.snapshotState}`, bytes, owner);
    const meta = encodeSnapshotMeta({ ...description, ...written });
    await writeNewFile(files, `${unfinished}/${raftDirectoryNames.snapshotMeta}`, meta, owner);
    // Syncs the entries of both files, before they get the name under which they count as a snapshot.
    await files.syncDirectory(unfinished);
    await files.rename(unfinished, finished);
    // Syncs that name.
    await files.syncDirectory(parent);
    return written;
  } catch (error) {
    // The operator must see the first failure.
    throw leavingBehind(error, await clearAway(files, unfinished, true));
  }
}

async function writeState(
  files: FileSystem,
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  owner: FileOwner | undefined,
): Promise<WrittenSnapshot> {
  const crc = await createCrc64();
  const sizeBytes = await streamToNewFile(files, path, summed(bytes, crc), owner);
  return { sizeBytes, crc: crc.digest() };
}

/** Passes the pieces on, and adds each to the checksum. */
async function* summed(bytes: AsyncIterable<Uint8Array>, crc: Crc64): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of bytes) {
    crc.update(piece);
    yield piece;
  }
}
