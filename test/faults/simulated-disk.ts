import type { FileStatus, FileSystem, OpenFile } from '../../src/adapters/filesystem/file-system.js';
import type { FileOwner } from '../../src/domain/restore/raft-store-seed.js';
import { type DiskImage, type DiskNode, root, rootInode } from './disk-image.js';

/** One entry of a directory that an operation sets, or removes if `inode` is undefined. */
export interface EntryChange {
  readonly directory: number;
  readonly name: string;
  readonly inode: number | undefined;
}

/**
 * What a program did to the disk. `entries` is any change of directories: a creation, a removal or a rename, which is
 * one operation although it changes two entries.
 */
export type Operation = { readonly path: string } & (
  | { readonly kind: 'entries'; readonly changes: readonly EntryChange[]; readonly made?: DiskNode }
  | { readonly kind: 'write'; readonly inode: number; readonly bytes: Uint8Array }
  | { readonly kind: 'owner'; readonly inode: number; readonly owner: FileOwner }
  | { readonly kind: 'sync'; readonly inode: number }
  | { readonly kind: 'sync-directory'; readonly inode: number }
);

/** A disk in memory. */
export interface SimulatedDisk {
  readonly fileSystem: FileSystem;
  /** Everything that changed the disk or synced it, in order. Crashes are made from it (crash-states.ts). */
  readonly operations: readonly Operation[];
  /** The disk as running programs see it. */
  image(): DiskImage;
  /** How many files are open. */
  openFiles(): number;
}

type Directory = { kind: 'directory'; mode: number; owner: FileOwner; entries: Map<string, number> };
type File = { kind: 'file'; mode: number; owner: FileOwner; bytes: Uint8Array };

/** No machine has this number, so that no file of this disk is mistaken for one of the machine. */
const device = 0xffff_ffff_ffffn;

/**
 * A disk that starts as `start` and behaves as Linux does, without links, for one user who may do everything. It is
 * tested with the contract of {@link FileSystem}, like the real one.
 */
export function createSimulatedDisk(start: DiskImage): SimulatedDisk {
  const nodes = new Map<number, Directory | File>();
  for (const [inode, node] of start) {
    nodes.set(inode, node.kind === 'file' ? { ...node } : { ...node, entries: new Map(node.entries) });
  }
  const operations: Operation[] = [];
  let nextInode = Math.max(...nodes.keys()) + 1;
  let openFiles = 0;

  /** The inode at `path`; undefined if there is none. */
  function find(path: string): number | undefined {
    let inode: number | undefined = rootInode;
    for (const name of path.split('/').filter((part) => part !== '')) {
      const node: Directory | File | undefined = nodes.get(inode);
      if (node?.kind === 'file') throw refusal('ENOTDIR', path);
      inode = node?.entries.get(name);
      if (inode === undefined) return undefined;
    }
    return inode;
  }

  function nodeAt(path: string): { readonly inode: number; readonly node: Directory | File } {
    const inode = find(path);
    const node = inode === undefined ? undefined : nodes.get(inode);
    if (inode === undefined || node === undefined) throw refusal('ENOENT', path);
    return { inode, node };
  }

  function directoryAt(path: string): { readonly inode: number; readonly node: Directory } {
    const { inode, node } = nodeAt(path);
    if (node.kind === 'file') throw refusal('ENOTDIR', path);
    return { inode, node };
  }

  /** The position of `path`'s entry. */
  function placeOf(path: string): { readonly directory: number; readonly name: string } {
    const cut = path.lastIndexOf('/');
    return { directory: directoryAt(path.slice(0, cut)).inode, name: path.slice(cut + 1) };
  }

  function change(path: string, changes: readonly EntryChange[], made?: DiskNode): void {
    for (const { directory, name, inode } of changes) {
      const { entries } = nodes.get(directory) as Directory;
      if (inode === undefined) entries.delete(name);
      else entries.set(name, inode);
    }
    operations.push({ kind: 'entries', path, changes, ...(made === undefined ? {} : { made }) });
  }

  function make(path: string, node: Directory | File): number {
    if (find(path) !== undefined) throw refusal('EEXIST', path);
    const place = placeOf(path);
    const inode = nextInode++;
    nodes.set(inode, node);
    change(path, [{ ...place, inode }], node.kind === 'file' ? { ...node } : { ...node, entries: new Map() });
    return inode;
  }

  function changeOwner(path: string, inode: number, owner: FileOwner): void {
    (nodes.get(inode) as Directory | File).owner = owner;
    operations.push({ kind: 'owner', path, inode, owner });
  }

  function statusOf(inode: number): FileStatus {
    const { kind, mode, owner, ...node } = nodes.get(inode) as Directory | File;
    const sizeBytes = 'bytes' in node ? node.bytes.length : 0;
    return { kind, sizeBytes, mode, owner, device, inode: BigInt(inode), changedAtNs: 0n };
  }

  function open(path: string, inode: number): OpenFile {
    const node = nodes.get(inode) as Directory | File;
    let closed = false;
    openFiles += 1;
    const file = (): File => {
      if (closed) throw refusal('EBADF', path);
      if (node.kind === 'directory') throw refusal('EISDIR', path);
      return node;
    };
    return {
      async read(buffer, position) {
        const found = file().bytes.subarray(position, position + buffer.length);
        buffer.set(found);
        return found.length;
      },
      async write(bytes) {
        // Copied: the writer may reuse the buffer.
        const written = Buffer.from(bytes);
        file().bytes = Buffer.concat([file().bytes, written]);
        operations.push({ kind: 'write', path, inode, bytes: written });
      },
      changeOwner: async (owner) => changeOwner(path, inode, owner),
      async sync() {
        file();
        operations.push({ kind: 'sync', path, inode });
      },
      status: async () => statusOf(inode),
      async close() {
        if (closed) throw refusal('EBADF', path);
        closed = true;
        openFiles -= 1;
      },
    };
  }

  function requireReplaceable(from: Directory | File, to: string): void {
    const inode = find(to);
    const there = inode === undefined ? undefined : nodes.get(inode);
    if (there === undefined) return;
    if (from.kind === 'file' && there.kind === 'directory') throw refusal('EISDIR', to);
    if (from.kind === 'directory' && there.kind === 'file') throw refusal('ENOTDIR', to);
    if (there.kind === 'directory' && there.entries.size > 0) throw refusal('ENOTEMPTY', to);
  }

  const fileSystem: FileSystem = {
    createFile: async (path, mode) =>
      open(path, make(path, { kind: 'file', mode, owner: root, bytes: new Uint8Array() })),
    openFile: async (path) => open(path, nodeAt(path).inode),
    async createDirectory(path, mode) {
      make(path, { kind: 'directory', mode, owner: root, entries: new Map() });
    },
    list: async (path) => [...directoryAt(path).node.entries.keys()],
    listUndecodable: async () => [],
    async status(path) {
      const inode = find(path);
      return inode === undefined ? undefined : statusOf(inode);
    },
    linkStatus: (path) => fileSystem.status(path),
    async resolve(path) {
      nodeAt(path);
      return path;
    },
    async isWritable(path) {
      nodeAt(path);
      return true;
    },
    freeBytes: async () => undefined,
    async rename(from, to) {
      const { inode, node } = nodeAt(from);
      requireReplaceable(node, to);
      change(to, [
        { ...placeOf(from), inode: undefined },
        { ...placeOf(to), inode },
      ]);
    },
    changeOwner: async (path, owner) => changeOwner(path, nodeAt(path).inode, owner),
    async removeFile(path) {
      if (nodeAt(path).node.kind === 'directory') throw refusal('EISDIR', path);
      change(path, [{ ...placeOf(path), inode: undefined }]);
    },
    async removeDirectory(path) {
      if (directoryAt(path).node.entries.size > 0) throw refusal('ENOTEMPTY', path);
      change(path, [{ ...placeOf(path), inode: undefined }]);
    },
    async syncDirectory(path) {
      operations.push({ kind: 'sync-directory', path, inode: directoryAt(path).inode });
    },
  };

  return {
    fileSystem,
    operations,
    image: () => new Map([...nodes].map(([inode, node]) => [inode, copyOf(node)])),
    openFiles: () => openFiles,
  };
}

function copyOf(node: Directory | File): DiskNode {
  return node.kind === 'file' ? { ...node } : { ...node, entries: new Map(node.entries) };
}

/** The operating system's error as Node makes it. */
function refusal(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code, path });
}
