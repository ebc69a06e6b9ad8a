import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileSystem } from '../../../src/adapters/filesystem/file-system.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { openBoltFile } from '../../../src/adapters/raft/bolt-reader.js';
import type { BoltBucket } from '../../../src/adapters/raft/bolt-writer.js';

/** A file system in which every path is one file of the given bytes, for reading. */
export function fileSystemOf(image: Uint8Array): FileSystem {
  const status = {
    kind: 'file' as const,
    sizeBytes: image.length,
    mode: 0o600,
    owner: { uid: 0, gid: 0 },
    device: 0n,
    changedAtNs: 0n,
    inode: 0n,
  };
  return {
    ...createNodeFileSystem(),
    async openFile() {
      return {
        async read(buffer, position) {
          const part = image.subarray(position, position + buffer.length);
          buffer.set(part);
          return part.length;
        },
        write: () => Promise.reject(new Error('opened for reading')),
        changeOwner: () => Promise.reject(new Error('opened for reading')),
        sync: async () => undefined,
        status: async () => status,
        close: async () => undefined,
      };
    },
  };
}

/** A bucket's name and its pairs, each as key=value in hexadecimal. */
export type BucketContent = readonly [name: string, pairs: readonly string[]];

/** What a bbolt file holds in the buckets called `names`. */
export async function contentOf(image: Uint8Array, names: readonly string[]): Promise<BucketContent[]> {
  const file = await openBoltFile(fileSystemOf(image), 'log.db');
  const content: BucketContent[] = [];
  for (const name of names) {
    const pairs: string[] = [];
    for await (const { key, value } of file.pairs(name)) pairs.push(`${hex(key)}=${hex(value)}`);
    content.push([name, pairs]);
  }
  await file.close();
  return content;
}

/** The same of buckets that have not been written yet. */
export function expectedContent(buckets: readonly BoltBucket[]): BucketContent[] {
  return buckets.map(({ name, pairs }) => [
    name,
    [...pairs].sort((a, b) => Buffer.compare(a.key, b.key)).map(({ key, value }) => `${hex(key)}=${hex(value)}`),
  ]);
}

/** Writes an image to a file and gives its path. */
export async function saveImage(directory: string, image: Uint8Array): Promise<string> {
  const path = join(directory, 'log.db');
  const file = await open(path, 'w');
  await file.writeFile(image);
  await file.close();
  return path;
}

/** A key of eight bytes, as the log's are. */
export function numberKey(number: number): Uint8Array {
  const key = Buffer.alloc(8);
  key.writeBigUInt64BE(BigInt(number));
  return key;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
