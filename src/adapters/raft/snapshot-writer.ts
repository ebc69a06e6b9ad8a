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

/** What is known of a snapshot before its bytes have passed. */
export type SnapshotDescription = Omit<SnapshotMeta, 'sizeBytes' | 'crc'>;

/** What is known of it afterwards. */
export type WrittenSnapshot = Pick<SnapshotMeta, 'sizeBytes' | 'crc'>;

/**
 * Writes `snapshots/<id>/{state.bin,meta.json}` as the engine does (hashicorp/raft v1.7 file_snapshot.go): into
 * `<id>.tmp`, which is renamed once it is whole, so that no crash leaves a snapshot that looks complete and is not.
 * Everything below `raftDirectory` is durable when it resolves, and belongs to `owner` where one is given; directories
 * are of mode 0700, files 0600. `snapshots` is made where it is missing. `bytes` is consumed with back-pressure; what
 * it throws is thrown on. After a failure nothing of the snapshot is left, or the error names it as left behind.
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
    // The entry of snapshots/ itself.
    await files.syncDirectory(raftDirectory);
  }
  const finished = `${raftDirectory}/${snapshotPaths(description.id).directory}`;
  const unfinished = `${finished}${raftDirectoryNames.unfinishedSnapshot}`;
  await createOwnedDirectory(files, unfinished, owner);
  try {
    const written = await writeState(files, `${unfinished}/${raftDirectoryNames.snapshotState}`, bytes, owner);
    const meta = encodeSnapshotMeta({ ...description, ...written });
    await writeNewFile(files, `${unfinished}/${raftDirectoryNames.snapshotMeta}`, meta, owner);
    // The entries of both files, before the name under which they count as a snapshot.
    await files.syncDirectory(unfinished);
    await files.rename(unfinished, finished);
    // That name.
    await files.syncDirectory(parent);
    return written;
  } catch (error) {
    // What went wrong first is what the operator must hear.
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

/** Passes the pieces on, each summed. */
async function* summed(bytes: AsyncIterable<Uint8Array>, crc: Crc64): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of bytes) {
    crc.update(piece);
    yield piece;
  }
}
