import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Changes one thing in a raft directory that restore left. */
export type Change = (raftDirectory: string) => void;

/** The greatest index but one, which an index in meta.json becomes. */
export const greatIndex = 18_446_744_073_709_551_614n;

/** Where things are in the two meta pages of log.db (docs/formats.md); each page begins with 16 bytes of its own. */
const pageBytes = 4096;
const field = { magic: 16, version: 20, root: 32, transaction: 64, checksum: 72 } as const;

/** Variants of log.db, by the names of the rows of the table in docs/interoperability.md. */
export const logChanges: Readonly<Record<string, Change>> = {
  'as restored': () => undefined,
  'the newer meta page names another root': (directory) =>
    changeFile(directory, logFile, (bytes) => flip(bytes, newerMeta(bytes) + field.root)),
  'both meta pages have a wrong checksum': (directory) =>
    changeMetas(directory, (bytes, meta) => flip(bytes, meta + field.checksum)),
  'another magic number': (directory) =>
    changeMetas(directory, (bytes, meta) => seal(flip(bytes, meta + field.magic), meta)),
  'version 3': (directory) => changeMetas(directory, (bytes, meta) => seal(flip(bytes, meta + field.version), meta)),
  "a byte of the entry's command changed": (directory) =>
    changeFile(directory, logFile, (bytes) => flip(bytes, bytes.indexOf('restore'))),
};

/** Variants of the snapshot. */
export const snapshotChanges: Readonly<Record<string, Change>> = {
  'as restored': () => undefined,
  'a byte of the state changed': (directory) => changeSnapshot(directory, 'state.bin', (bytes) => flip(bytes, 100)),
  'another CRC': (directory) => changeMetadata(directory, (text) => text.replace(/"CRC":"./, '"CRC":"_')),
  'a Size that is one too small': (directory) =>
    changeMetadata(directory, (text) =>
      text.replace(/"Size":(\d+)/, (_, size: string) => `"Size":${Number(size) - 1}`),
    ),
  'an Index of 2^64 - 2': (directory) =>
    changeMetadata(directory, (text) => text.replace(/"Index":\d+/, `"Index":${greatIndex}`)),
  'bytes behind the object': (directory) => changeMetadata(directory, (text) => `${text}more\n`),
  'names of fields in small letters': (directory) =>
    changeMetadata(directory, (text) => text.replace('"Index"', '"index"').replace('"Term"', '"term"')),
  'a field twice, with two values': (directory) =>
    changeMetadata(directory, (text) => text.replace('"Term":', '"Term":1,"Term":')),
  'a field that nobody knows': (directory) => changeMetadata(directory, (text) => text.replace('{', '{"Note":"x",')),
  'no Peers': (directory) => changeMetadata(directory, (text) => text.replace(/"Peers":"[^"]*",/, '')),
};

/** Copies of a raft directory, each with one change, in the order of the changes. */
export function changedCopies(
  raftDirectory: string,
  changes: Readonly<Record<string, Change>>,
  copyTo: (position: number) => string,
): readonly string[] {
  return Object.values(changes).map((change, position) => {
    const copy = copyTo(position);
    cpSync(raftDirectory, copy, { recursive: true });
    change(copy);
    return copy;
  });
}

const logFile = 'log.db';

function changeFile(directory: string, name: string, change: (bytes: Buffer) => unknown): void {
  const bytes = readFileSync(join(directory, name));
  change(bytes);
  writeFileSync(join(directory, name), bytes);
}

function changeMetas(directory: string, change: (bytes: Buffer, meta: number) => unknown): void {
  changeFile(directory, logFile, (bytes) => {
    for (const meta of [0, pageBytes]) change(bytes, meta);
  });
}

function changeSnapshot(directory: string, name: string, change: (bytes: Buffer) => unknown): void {
  const snapshots = join(directory, 'snapshots');
  changeFile(join(snapshots, readdirSync(snapshots)[0] as string), name, change);
}

function changeMetadata(directory: string, change: (text: string) => string): void {
  const snapshots = join(directory, 'snapshots');
  const path = join(snapshots, readdirSync(snapshots)[0] as string, 'meta.json');
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

function newerMeta(bytes: Buffer): number {
  const transactionOf = (meta: number) => bytes.readBigUInt64LE(meta + field.transaction);
  return transactionOf(0) > transactionOf(pageBytes) ? 0 : pageBytes;
}

function flip(bytes: Buffer, at: number): Buffer {
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0x01, at);
  return bytes;
}

/** Gives a meta page the checksum of what it now holds: FNV-1a, 64 bits. */
function seal(bytes: Buffer, meta: number): void {
  let sum = 0xcbf29ce484222325n;
  for (const byte of bytes.subarray(meta + field.magic, meta + field.checksum)) {
    sum = BigInt.asUintN(64, (sum ^ BigInt(byte)) * 0x100000001b3n);
  }
  bytes.writeBigUInt64LE(sum, meta + field.checksum);
}
