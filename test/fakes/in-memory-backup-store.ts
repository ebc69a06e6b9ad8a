import { JacoError, stopIfInterrupted } from '../../src/domain/errors.js';
import { type ArchiveLocation, locationWord } from '../../src/domain/values/archive-location.js';
import type { BackupStore } from '../../src/ports/backup-store.js';
import { openedBackup } from '../builders/opened-backup.js';
import type { InMemoryFile } from './in-memory-archive.js';

/** A {@link BackupStore} in memory, with its content. */
export interface InMemoryBackupStore extends BackupStore {
  /** Files by the word for their location. */
  readonly files: Map<string, InMemoryFile>;
  /** Paths at which no file can be put. */
  readonly directories: Set<string>;
  /** Paths of backups that were killed, and have left something. */
  readonly unfinished: Set<string>;
  /** How many bytes of an archive the disk has room for. */
  freeBytes: number;
  /** While true, nothing can be removed. */
  broken: boolean;
}

/** Keeps its promises as the contract suites state them. */
export function createInMemoryBackupStore(files = new Map<string, InMemoryFile>()): InMemoryBackupStore {
  const writing = new Set<string>();
  const identityOf = identities();
  const store: InMemoryBackupStore = {
    files,
    directories: new Set(),
    unfinished: new Set(),
    freeBytes: Number.POSITIVE_INFINITY,
    broken: false,
    async write(location, archive, signal) {
      const destination = locationWord(location);
      stopIfInterrupted(signal);
      if (store.directories.has(destination)) throw new JacoError('request_invalid', `${destination} is a directory.`);
      if (writing.has(destination)) throw new JacoError('in_progress', `another backup is writing ${destination}.`);
      writing.add(destination);
      try {
        const bytes = await receive(archive, signal, () => store.freeBytes);
        files.set(destination, { bytes, mode: 0o600 });
        return { location, sizeBytes: bytes.length };
      } finally {
        writing.delete(destination);
      }
    },
    async open(location, signal, options) {
      stopIfInterrupted(signal);
      const path = locationWord(location);
      const file = files.get(path);
      if (file === undefined) throw new JacoError('archive_unreadable', `cannot read ${path}: there is no such file.`);
      const opened = openedBackup(file.bytes, options);
      return { ...opened, read: () => untilInterrupted(opened.read(), signal) };
    },
    async stat(location, signal) {
      stopIfInterrupted(signal);
      const file = files.get(locationWord(location));
      return file && { sizeBytes: file.bytes.length };
    },
    async list(location, signal) {
      stopIfInterrupted(signal);
      const written = locationWord(location);
      const start = written.slice(0, written.lastIndexOf('/') + 1);
      return [...files]
        .filter(([path, file]) => path.startsWith(start) && file !== files.get(written))
        .map(([path, file]) => ({
          name: path.slice(start.length),
          location: { kind: 'file', path } as const,
          identity: identityOf(file),
          sizeBytes: file.bytes.length,
          version: identityOf(file),
        }))
        .filter(({ name }) => !name.includes('/'))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async others(location, signal) {
      stopIfInterrupted(signal);
      return within([...store.directories], location).map((found) => ({ ...found, kind: 'directory' }));
    },
    async clearUnfinished({ place, belongs, dryRun }, signal) {
      stopIfInterrupted(signal);
      const found = within([...store.unfinished], place).filter(
        ({ name, location }) => belongs(name) && !writing.has(location.path),
      );
      if (!dryRun) for (const { location } of found) store.unfinished.delete(location.path);
      return found;
    },
    async remove({ location, identity }, signal) {
      stopIfInterrupted(signal);
      const path = locationWord(location);
      const file = files.get(path);
      if (file === undefined || identityOf(file) !== identity) return false;
      if (store.broken) throw new JacoError('storage_failed', `cannot remove ${path}: the disk fails.`);
      files.delete(path);
      return true;
    },
  };
  return store;
}

/** What of `paths` is in the same place as `location`, by name. */
function within(paths: readonly string[], location: ArchiveLocation) {
  const written = locationWord(location);
  const start = written.slice(0, written.lastIndexOf('/') + 1);
  return paths
    .filter((path) => path.startsWith(start))
    .map((path) => ({ name: path.slice(start.length), location: { kind: 'file', path } as const }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Gives each file a name of its own when it is first asked for, which stays. */
function identities(): (file: InMemoryFile) => string {
  const known = new WeakMap<InMemoryFile, string>();
  let given = 0;
  return (file) => {
    const identity = known.get(file) ?? String(given++);
    known.set(file, identity);
    return identity;
  };
}

async function* untilInterrupted(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal) {
  for await (const piece of bytes) {
    stopIfInterrupted(signal);
    yield piece;
  }
}

async function receive(
  archive: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  freeBytes: () => number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of archive) {
    stopIfInterrupted(signal);
    sizeBytes += chunk.length;
    if (sizeBytes > freeBytes()) throw new JacoError('storage_failed', 'no space left on the device.');
    chunks.push(chunk);
  }
  stopIfInterrupted(signal);
  return Buffer.concat(chunks);
}
