import type { ArchiveLocation } from '../domain/values/archive-location.js';
import type { ArchiveWriter } from './archive-writer.js';

/** What is known of kept bytes without knowing what they mean. */
export interface BackupFacts {
  /** As they are kept: compressed, and encrypted where they are. */
  readonly sizeBytes: number;
  /** Hexadecimal; undefined unless it was asked for when the backup was opened. */
  readonly sha256: string | undefined;
}

/** A backup that is open for reading: its bytes as they are kept. Whoever takes it over closes it. */
export interface OpenedBackup {
  /**
   * The bytes from the beginning; more than once only where {@link OpenedBackup.rereadable} says so, and then the same
   * bytes, whatever takes the place of the backup meanwhile.
   * @throws archive_unreadable  reading fails
   * @throws interrupted         the signal that the backup was opened with fired
   */
  read(): AsyncIterable<Uint8Array>;
  /** Whether it can be read again. What comes through a pipe cannot. */
  readonly rereadable: boolean;
  /** What the last reading that came to the end saw; may be asked once there was one. */
  facts(): BackupFacts;
  /** Never fails. Safe to call more than once. */
  close(): Promise<void>;
}

/** A backup that was found beside another. */
export interface FoundBackup<Location extends ArchiveLocation = ArchiveLocation> {
  /** Without the place that it shares with the other. */
  readonly name: string;
  readonly location: Location;
  /** Names this very one, so that another that has taken its place since is not taken for it. */
  readonly identity: string;
}

/** What can be told of a backup without reading it. */
export interface BackupStatus {
  /** Undefined where only reading will tell, as for a pipe. */
  readonly sizeBytes: number | undefined;
}

/**
 * Where backups are kept: bytes at locations, whatever the bytes mean. What an {@link ArchiveWriter} puts there can be
 * read, looked at, listed and removed. `Location` is what an implementation can reach; what a kind of location cannot do is
 * refused as `request_invalid`. Every method throws `interrupted` where `signal` fired before it was done.
 */
export interface BackupStore<Location extends ArchiveLocation = ArchiveLocation> extends ArchiveWriter<Location> {
  /**
   * Opens a backup for reading. `fingerprint` asks for the SHA-256 of its bytes, which takes time.
   * @throws archive_unreadable  there is none, or it cannot be read
   */
  open(location: Location, signal: AbortSignal, options?: { readonly fingerprint?: boolean }): Promise<OpenedBackup>;
  /**
   * What stands at `location`; undefined where nothing does.
   * @throws permission_denied, storage_failed  it cannot be looked at
   */
  stat(location: Location, signal: AbortSignal): Promise<BackupStatus | undefined>;
  /**
   * What is kept beside the backup at `location`, by name, without that backup itself under whatever name it can be found.
   * In a directory these are the regular files; symbolic links are not followed and not listed.
   * @throws request_invalid  nothing is kept there, as of a stream
   * @throws permission_denied, storage_failed
   */
  list(location: Location, signal: AbortSignal): Promise<readonly FoundBackup<Location>[]>;
  /**
   * Removes what was found. When the promise resolves with true, it is gone for good, also after a power cut; with
   * false, another or nothing is in its place by now, and nothing was done.
   * @throws request_invalid  nothing is kept there, as of a stream
   * @throws permission_denied, storage_failed
   */
  remove(found: FoundBackup<Location>, signal: AbortSignal): Promise<boolean>;
}
