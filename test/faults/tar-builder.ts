import { gzipSync } from 'node:zlib';

/** One header block, every field of which may be wrong. What is left out is as a daemon writes it. */
export interface TarHeaderFields {
  readonly name?: string | Uint8Array;
  /** The type flag: '0' for a file; '' for the NUL of old archives. */
  readonly type?: string;
  /** A number is written in octal, or base-256 where that is too short; text and bytes go in as they are. */
  readonly size?: number | string | Uint8Array;
  readonly linkName?: string;
  /** 'v7' leaves magic and version empty. */
  readonly format?: 'ustar' | 'gnu' | 'v7';
  readonly prefix?: string;
  readonly mode?: string;
  readonly owner?: string;
  /** Text in place of the right checksum. */
  readonly checksum?: string;
}

const magic = { ustar: 'ustar\0' + '00', gnu: 'ustar  \0', v7: '' } as const;

/** A header block of 512 bytes (POSIX.1, pax, "ustar Interchange Format"). */
export function tarHeader(fields: TarHeaderFields): Buffer {
  const block = Buffer.alloc(512);
  put(block, 0, 100, fields.name ?? '');
  put(block, 100, 8, fields.mode ?? '0000600\0');
  put(block, 108, 8, '0000000\0');
  put(block, 116, 8, '0000000\0');
  put(block, 124, 12, typeof fields.size === 'number' ? sizeField(fields.size) : (fields.size ?? sizeField(0)));
  put(block, 136, 12, '15220000000\0');
  put(block, 156, 1, fields.type ?? '0');
  put(block, 157, 100, fields.linkName ?? '');
  put(block, 257, 8, magic[fields.format ?? 'ustar']);
  put(block, 265, 32, fields.owner ?? '');
  put(block, 345, 155, fields.prefix ?? '');
  put(block, 148, 8, fields.checksum ?? checksumField(block));
  return block;
}

/** A header, the content and the padding to a whole block; by default the header has the content's size. */
export function tarEntry(fields: TarHeaderFields, content: string | Uint8Array = ''): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([tarHeader({ size: bytes.length, ...fields }), bytes, Buffer.alloc(-bytes.length & 511)]);
}

/** A pax extended header (type 'x', or 'g' for a global one) with these records. */
export function paxHeader(records: Readonly<Record<string, string>>, type = 'x'): Buffer {
  const text = Object.entries(records).map(([key, value]) => paxRecord(key, value));
  return tarEntry({ name: 'PaxHeaders.0/entry', type }, text.join(''));
}

/** The checksum field that fits `block`: the sum of its bytes, the field itself counted as spaces. */
export function checksumField(block: Uint8Array): string {
  let sum = 8 * 32;
  for (let at = 0; at < 512; at++) sum += at >= 148 && at < 156 ? 0 : (block[at] as number);
  return `${sum.toString(8).padStart(6, '0')}\0 `;
}

/** A size in base-256, as GNU tar writes what octal cannot hold. */
export function base256(size: bigint): Buffer {
  const field = Buffer.alloc(12);
  const bits = BigInt.asUintN(88, size);
  for (let at = 1; at < 12; at++) field[at] = Number((bits >> BigInt(8 * (11 - at))) & 0xffn);
  field[0] = size < 0n ? 0xff : 0x80;
  return field;
}

/** The two zero blocks that end a tar. */
export const endOfTar = Buffer.alloc(1024);

/** Blocks as a tar with its end. */
export function tarOf(...blocks: readonly Uint8Array[]): Buffer {
  return Buffer.concat([...blocks, endOfTar]);
}

/** Blocks as a tar with its end, compressed. */
export function archiveOf(...blocks: readonly Uint8Array[]): Buffer {
  return gzipSync(tarOf(...blocks));
}

/** `length key=value\n`, where the length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (length !== rest + String(length).length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

function sizeField(size: number): string | Uint8Array {
  const octal = size.toString(8);
  return octal.length <= 11 ? `${octal.padStart(11, '0')}\0` : base256(BigInt(size));
}

function put(block: Buffer, at: number, length: number, value: string | Uint8Array): void {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  if (bytes.length > length) throw new Error(`a header field of ${length} bytes cannot hold ${bytes.length}`);
  block.set(bytes, at);
}
