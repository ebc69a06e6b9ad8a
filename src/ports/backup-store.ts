import type { ArchiveLocation } from '../domain/values/archive-location.js';
import type { ArchiveWriter } from './archive-writer.js';

/** Facts about stored bytes, independent of their meaning. */
export interface BackupFacts {
  /** As stored: compressed, and perhaps encrypted. */
  readonly sizeBytes: number;
  /** Hexadecimal; undefined unless requested when the backup was opened. */
  readonly sha256: string | undefined;
  /** Whether the bytes were encrypted as stored, and were decrypted to be read; absent where nothing decrypts. */
  readonly encrypted?: boolean;
}

/** A backup that is open for reading: its bytes as stored. Its owner closes it. */
export interface OpenedBackup {
  /**
   * The bytes from the beginning; more than once only if {@link OpenedBackup.rereadable} says so, and then the same
   * bytes, even if the backup is replaced meanwhile.
   * @throws archive_unreadable  reading fails, or another has replaced an object whose store keeps no older ones
   * @throws interrupted         the signal that the backup was opened with fired
   */
  read(): AsyncIterable<Uint8Array>;
  /** Whether it can be read again. A pipe cannot. */
  readonly rereadable: boolean;
  /** Facts from the last complete reading; available after one. */
  facts(): BackupFacts;
  /** Never fails. Safe to call more than once. */
  close(): Promise<void>;
}

/** How a backup is opened. */
export interface OpenOptions {
  /** Asks for the SHA-256 of its bytes, which takes time. */
  readonly fingerprint?: boolean;
  /** Whether a symbolic link is followed (by default it is); otherwise it cannot be read. */
  readonly followsLinks?: boolean;
}

/** A backup that was found in the same place as another. */
export interface FoundBackup<Location extends ArchiveLocation = ArchiveLocation> {
  /** Its name within that place. */
  readonly name: string;
  readonly location: Location;
  /** Identifies this very backup, so that a later one under the same name is not mistaken for it. */
  readonly identity: string;
  readonly sizeBytes: number;
  /** Changes with whatever may have changed the bytes. */
  readonly version: string;
}

/** Something of another kind that was found where backups are. */
export interface FoundOther<Location extends ArchiveLocation = ArchiveLocation> {
  /** Its name within that place. Of an undecodable one with \xHH for each byte that is not printable ASCII, as in its location. */
  readonly name: string;
  readonly location: Location;
  /** `undecodable`: its name is not UTF-8, so that it cannot be reached by it. */
  readonly kind: 'link' | 'directory' | 'special' | 'undecodable';
}

/** What a backup that was killed has left: nothing that can be read, only space that is taken. */
export interface UnfinishedBackup<Location extends ArchiveLocation = ArchiveLocation> {
  /** The name that the backup would have got. */
  readonly name: string;
  /** Where the remains are; of an object, where it would have been. */
  readonly location: Location;
}

/** Which remains of killed backups are to be cleared away. */
export interface UnfinishedRequest<Location extends ArchiveLocation = ArchiveLocation> {
  /** A location in the directory or prefix. */
  readonly place: Location;
  /** Whether a backup of this name would be one of the series. */
  readonly belongs: (name: string) => boolean;
  /** Whether they are only to be found. */
  readonly dryRun: boolean;
}

/** What is known about a backup without reading it. */
export interface BackupStatus {
  /** Undefined if only reading can tell, as for a pipe. */
  readonly sizeBytes: number | undefined;
}

/**
 * Stores backups: bytes at locations, independent of their meaning. What an {@link ArchiveWriter} writes can be read,
 * examined, listed and removed. `Location` is the kind of location that an implementation can reach; it refuses what
 * that kind cannot do as `request_invalid`. Every method throws `interrupted` if `signal` fires before it is done.
 */
export interface BackupStore<Location extends ArchiveLocation = ArchiveLocation> extends ArchiveWriter<Location> {
  /**
   * Opens a backup for reading.
   * @throws archive_unreadable  there is no backup, or it cannot be read
   */
  open(location: Location, signal: AbortSignal, options?: OpenOptions): Promise<OpenedBackup>;
  /**
   * What is at `location`; undefined if nothing is there.
   * @throws permission_denied, storage_failed  it cannot be examined
   */
  stat(location: Location, signal: AbortSignal): Promise<BackupStatus | undefined>;
  /**
   * The other backups in the same place as the one at `location`, without that backup itself under any of its names. In
   * a directory these are the regular files; symbolic links are neither followed nor listed.
   * @throws request_invalid  nothing is kept there, as with a stream
   * @throws permission_denied, storage_failed
   */
  list(location: Location, signal: AbortSignal): Promise<readonly FoundBackup<Location>[]>;
  /**
   * What is no file in the same place as `location`. It may have the name of a backup, but is none.
   * @throws request_invalid  nothing is kept there, as with a stream
   * @throws permission_denied, storage_failed
   */
  others(location: Location, signal: AbortSignal): Promise<readonly FoundOther<Location>[]>;
  /**
   * Clears away what killed backups of a series have left, and returns it, by name. What a running backup is writing
   * stays: a lock shows it, or, of an upload, that it got a part within the last hour.
   * @throws request_invalid  nothing is kept there, as with a stream
   * @throws permission_denied, storage_failed
   */
  clearUnfinished(
    request: UnfinishedRequest<Location>,
    signal: AbortSignal,
  ): Promise<readonly UnfinishedBackup<Location>[]>;
  /**
   * Removes a backup that was found. If the promise resolves with true, it is gone for good, even after a power cut;
   * with false, its place is empty or holds another backup by now, and nothing was removed.
   * @throws request_invalid  nothing is kept there, as with a stream
   * @throws permission_denied, storage_failed
   */
  remove(found: FoundBackup<Location>, signal: AbortSignal): Promise<boolean>;
}
