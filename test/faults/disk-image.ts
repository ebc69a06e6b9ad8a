import { createHash } from 'node:crypto';
import type { FileOwner } from '../../src/domain/restore/raft-store-seed.js';

/** A file or directory of a disk at one moment. Directories name their entries by inode number. */
export type DiskNode =
  | { readonly kind: 'file'; readonly mode: number; readonly owner: FileOwner; readonly bytes: Uint8Array }
  | {
      readonly kind: 'directory';
      readonly mode: number;
      readonly owner: FileOwner;
      readonly entries: ReadonlyMap<string, number>;
    };

/** All of a disk at one moment: its nodes by inode number, the root directory being {@link rootInode}. */
export type DiskImage = ReadonlyMap<number, DiskNode>;

export const rootInode = 1;

/** The user that runs the program under test. */
export const root: FileOwner = { uid: 0, gid: 0 };

/** The content of a path; without `bytes` it is a directory. Missing parents are root's, mode 0755. */
export interface Planted {
  readonly path: string;
  readonly bytes?: Uint8Array;
  readonly mode?: number;
  readonly owner?: FileOwner;
}

/** A disk with these files and directories on it, all durable. */
export function plantDisk(planted: readonly Planted[]): DiskImage {
  const empty = (mode: number, owner: FileOwner) =>
    ({ kind: 'directory', mode, owner, entries: new Map<string, number>() }) as const;
  const nodes = new Map<number, DiskNode>([[rootInode, empty(0o755, root)]]);
  for (const { path, bytes, mode, owner = root } of planted) {
    const names = path.split('/').filter((name) => name !== '');
    let inode = rootInode;
    for (const [depth, name] of names.entries()) {
      const { entries } = nodes.get(inode) as ReturnType<typeof empty>;
      const last = depth === names.length - 1;
      inode = entries.get(name) ?? nodes.size + 1;
      entries.set(name, inode);
      if (nodes.has(inode)) continue;
      if (last && bytes !== undefined) nodes.set(inode, { kind: 'file', mode: mode ?? 0o600, owner, bytes });
      else nodes.set(inode, last ? empty(mode ?? 0o755, owner) : empty(0o755, root));
    }
  }
  return nodes;
}

/**
 * A line for each path below the root, in order: the path, what it is, its mode, its owner, and of a file its size and
 * a digest of its bytes. Two disks with the same lines are the same to every program.
 */
export function describeDisk(image: DiskImage): readonly string[] {
  const lines: string[] = [];
  function visit(inode: number, path: string): void {
    const node = image.get(inode) as DiskNode;
    const { uid, gid } = node.owner;
    const content = node.kind === 'file' ? ` ${node.bytes.length} ${digestOf(node.bytes)}` : '';
    if (inode !== rootInode) lines.push(`${path} ${node.kind} ${node.mode.toString(8)} ${uid}:${gid}${content}`);
    if (node.kind === 'file') return;
    for (const [name, child] of [...node.entries].sort(byName)) visit(child, `${path}/${name}`);
  }
  visit(rootInode, '');
  return lines;
}

function byName([a]: readonly [string, number], [b]: readonly [string, number]): number {
  return a < b ? -1 : 1;
}

const digests = new WeakMap<Uint8Array, string>();

/** Bytes are never changed in place here, so that one look at them is enough. */
function digestOf(bytes: Uint8Array): string {
  const known = digests.get(bytes);
  if (known !== undefined) return known;
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  digests.set(bytes, digest);
  return digest;
}
