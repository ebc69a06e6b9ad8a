import type { FileOwner } from '../../domain/restore/raft-store-seed.js';

/**
 * The file-system calls that the adapters make: the one seam between them and the operating system, so that a test can
 * put a simulated disk underneath. Every method fails with the operating system's own error (`code`, `path`); one that
 * fails to create something leaves nothing. Nothing is durable before a sync: a file's bytes before {@link
 * OpenFile.sync}, a directory's entries before {@link FileSystem.syncDirectory}.
 */
export interface FileSystem {
  /** Creates a file that must not exist yet, with exactly `mode` under any umask, open for writing. */
  createFile(path: string, mode: number): Promise<OpenFile>;
  /**
   * Opens a file for reading. Does not wait for a writer when `path` is a FIFO. With `links` refused, a symbolic link at
   * `path` itself fails with ELOOP.
   */
  openFile(path: string, links?: 'followed' | 'refused'): Promise<OpenFile>;
  /** Creates one directory with exactly `mode`. */
  createDirectory(path: string, mode: number): Promise<void>;
  /** Names of the entries, in no particular order. */
  list(path: string): Promise<readonly string[]>;
  /** Names of the entries that are not UTF-8, with \xHH for each byte that is not printable ASCII. */
  listUndecodable(path: string): Promise<readonly string[]>;
  /** What is at `path`, following links; undefined if nothing is there. */
  status(path: string): Promise<FileStatus | undefined>;
  /** What is at `path` itself, without following links; undefined if nothing is there. */
  linkStatus(path: string): Promise<FileStatus | undefined>;
  /** The path with every link resolved. */
  resolve(path: string): Promise<string>;
  /** Whether this process may create entries in the directory. Fails with EROFS on a read-only file system. */
  isWritable(path: string): Promise<boolean>;
  /**
   * How many bytes users other than root may still write on the file system of `path`, quotas aside; undefined if it does
   * not tell. Where it counts in smaller blocks than it names, as some in user space do, this is too much.
   */
  freeBytes(path: string): Promise<number | undefined>;
  /** Renames, replacing a file (or an empty directory by a directory) at `to`. */
  rename(from: string, to: string): Promise<void>;
  /** Gives `path` to another user and group. */
  changeOwner(path: string, owner: FileOwner): Promise<void>;
  removeFile(path: string): Promise<void>;
  /** Removes an empty directory. */
  removeDirectory(path: string): Promise<void>;
  /** Makes the entries of a directory durable. */
  syncDirectory(path: string): Promise<void>;
}

/** An open file. The caller that opened it closes it. */
export interface OpenFile {
  /** Reads up to `buffer.length` bytes at `position`; 0 means the end. */
  read(buffer: Uint8Array, position: number): Promise<number>;
  /** Appends all of `bytes`. */
  write(bytes: Uint8Array): Promise<void>;
  changeOwner(owner: FileOwner): Promise<void>;
  /** Makes the bytes and the metadata of this file durable. */
  sync(): Promise<void>;
  status(): Promise<FileStatus>;
  close(): Promise<void>;
}

/** What a file is. */
export interface FileStatus {
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  readonly sizeBytes: number;
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly owner: FileOwner;
  /** Device and inode, which together identify the file on this machine. */
  readonly device: bigint;
  readonly inode: bigint;
  /** When its bytes, name, owner or mode last changed, in nanoseconds since 1970: the one time that no program can set. */
  readonly changedAtNs: bigint;
}
