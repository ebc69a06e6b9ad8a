import { isJacoError } from '../../domain/errors.js';
import { raftDirectoryNames, snapshotPaths } from '../../domain/values/data-directory-layout.js';
import { readSmallFile } from '../filesystem/file-operations.js';
import type { FileSystem, OpenFile } from '../filesystem/file-system.js';
import { namingFailures } from '../filesystem/named-failures.js';
import { releasePieces } from '../host/spent-pieces.js';
import { type Crc64, createCrc64 } from './crc64.js';
import { damageOf, type RefuseDamage } from './damaged-store.js';
import { parseSnapshotMeta, type SnapshotMeta } from './snapshot-meta.js';

/** A snapshot opened for reading. */
export interface OpenedSnapshot {
  readonly meta: SnapshotMeta;
  /**
   * The bytes of state.bin, once. Ends with store_damaged if their number or checksum differs from meta.json: nothing
   * can be trusted before the end. Of one that is `verified` only the number is looked at. Always closes the file.
   */
  readonly content: AsyncIterable<Uint8Array>;
}

/** Larger than a meta.json with hundreds of members. */
const metaLimitBytes = 256 * 1024;

/** How much of state.bin is read at a time, in bytes. */
const readBytes = 256 * 1024;

/** The errors for a file that is missing or of another kind; the engine skips such directories. */
const absences = ['ENOENT', 'ENOTDIR', 'EISDIR'];

/**
 * The snapshots that the engine would see, newest first in its order: term, then index, then id. Skips unfinished
 * directories, links, and those whose meta.json is missing, unreadable or of another version (file_snapshot.go
 * getSnapshots). Also skips a directory whose name is not its id: the engine would open the one that the id names. Does
 * not read content.
 * @throws permission_denied, storage_failed the files are there but cannot be read
 */
export async function listSnapshots(fileSystem: FileSystem, raftDirectory: string): Promise<readonly SnapshotMeta[]> {
  const files = namingFailures(fileSystem);
  const directory = `${raftDirectory}/${raftDirectoryNames.snapshots}`;
  const names = await unlessAbsent(() => files.list(directory));
  const snapshots: SnapshotMeta[] = [];
  for (const name of names ?? []) {
    if (name.endsWith(raftDirectoryNames.unfinishedSnapshot)) continue;
    if ((await files.linkStatus(`${directory}/${name}`))?.kind !== 'directory') continue;
    const meta = await readableMeta(files, `${raftDirectory}/${snapshotPaths(name).meta}`);
    if (meta?.id === name) snapshots.push(meta);
  }
  return snapshots.sort(newestFirst);
}

/** The finished ones that {@link listSnapshots} skips, by the names of their directories. */
export async function listSkippedSnapshots(
  fileSystem: FileSystem,
  raftDirectory: string,
  listed: readonly SnapshotMeta[],
): Promise<readonly string[]> {
  const directory = `${raftDirectory}/${raftDirectoryNames.snapshots}`;
  const names = (await unlessAbsent(() => namingFailures(fileSystem).list(directory))) ?? [];
  const known = new Set(listed.map(({ id }) => id));
  return names.filter((name) => !known.has(name) && !name.endsWith(raftDirectoryNames.unfinishedSnapshot)).sort();
}

/**
 * Opens the snapshot called `id`. If the number of bytes or the checksum differs from meta.json, the content ends with
 * an error. `verified`: this process has read all of it before, so that the checksum, a third of the time that reading
 * takes, is not computed again.
 * @throws store_damaged  its meta.json is unreadable
 * @throws permission_denied, storage_failed
 */
export async function openSnapshot(
  fileSystem: FileSystem,
  raftDirectory: string,
  id: string,
  { verified = false }: { readonly verified?: boolean } = {},
): Promise<OpenedSnapshot> {
  const files = namingFailures(fileSystem);
  const paths = snapshotPaths(id);
  const meta = await readMeta(files, `${raftDirectory}/${paths.meta}`);
  const crc = verified ? undefined : await createCrc64();
  return { meta, content: readState(files, `${raftDirectory}/${paths.state}`, meta, crc) };
}

function newestFirst(a: SnapshotMeta, b: SnapshotMeta): number {
  if (a.term !== b.term) return a.term < b.term ? 1 : -1;
  if (a.index !== b.index) return a.index < b.index ? 1 : -1;
  // Go compares strings by their bytes.
  return Buffer.compare(Buffer.from(b.id), Buffer.from(a.id));
}

async function readMeta(files: FileSystem, path: string): Promise<SnapshotMeta> {
  const refuse = damageOf(path);
  const bytes = await readSmallFile(files, path, metaLimitBytes);
  if (bytes === undefined) throw refuse(`it is longer than ${metaLimitBytes} bytes`);
  return parseSnapshotMeta(bytes, refuse);
}

async function readableMeta(files: FileSystem, path: string): Promise<SnapshotMeta | undefined> {
  try {
    return await unlessAbsent(() => readMeta(files, path));
  } catch (error) {
    if (isJacoError(error, 'store_damaged')) return undefined;
    throw error;
  }
}

async function unlessAbsent<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isJacoError(error, 'storage_failed') && absences.includes(error.details['errno'] ?? '')) return undefined;
    throw error;
  }
}

async function* readState(
  files: FileSystem,
  path: string,
  meta: SnapshotMeta,
  crc: Crc64 | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const refuse = damageOf(path);
  const file = await unlessAbsent(() => files.openFile(path));
  if (file === undefined) throw refuse('it is missing');
  let sizeBytes = 0;
  try {
    for await (const chunk of readAhead(file)) {
      sizeBytes += chunk.length;
      requireNoMore(sizeBytes, meta, refuse);
      crc?.update(chunk);
      releasePieces(chunk.length);
      yield chunk;
    }
  } finally {
    await file.close();
  }
  if (sizeBytes !== meta.sizeBytes) throw refuse(`it has ${sizeBytes} bytes, its meta.json says ${meta.sizeBytes}`);
  if (crc !== undefined && Buffer.compare(crc.digest(), meta.crc) !== 0)
    throw refuse('it does not have the checksum that its meta.json says');
}

function requireNoMore(sizeBytes: number, meta: SnapshotMeta, refuse: RefuseDamage): void {
  if (sizeBytes > meta.sizeBytes) throw refuse(`it has more than the ${meta.sizeBytes} bytes that its meta.json says`);
}

/** Reads the next chunk while the consumer uses the one before. */
async function* readAhead(file: OpenFile): AsyncGenerator<Uint8Array, void, undefined> {
  const readFrom = async (position: number) => {
    const buffer = Buffer.allocUnsafeSlow(readBytes);
    return buffer.subarray(0, await file.read(buffer, position));
  };
  let position = 0;
  let pending = readFrom(position);
  try {
    for (;;) {
      const chunk = await pending;
      if (chunk.length === 0) return;
      position += chunk.length;
      pending = readFrom(position);
      // Awaited in the next iteration; until then a failure must not count as unhandled.
      pending.catch(() => undefined);
      yield chunk;
    }
  } finally {
    // The caller closes the file next: no read may still run.
    await pending.catch(() => undefined);
  }
}
