import { printable } from '../../domain/values/printable-text.js';
import { archiveRejected } from './archive-rejected.js';

/** The block size of a tar: one block for a header, and whole blocks for the content. */
export const blockBytes = 512;

/** The positions of the fields in a header (POSIX.1, pax, "ustar Interchange Format"). */
const nameField = { start: 0, end: 100 };
const sizeField = { start: 124, end: 136 };
const checksumField = { start: 148, end: 156 };
const typeField = 156;
const magicField = { start: 257, end: 263 };
const prefixField = { start: 345, end: 500 };

/** The two formats that are read; GNU's older one uses the field of the name's prefix for something else. */
const posixMagic = 'ustar\0';
const gnuMagic = 'ustar ';

/** How a size of 8 GiB and more begins in GNU's and tar-stream's headers: the rest is a big-endian number. */
const base256Marker = 0x80;

/** The type of a header that describes the one after it (POSIX.1, "pax Header Block"). */
export const extendedType = 'x';

/** Types of entries, plain files first; the others are refused by name when their content is read. */
const entryTypes = ['0', '\0', '1', '2', '3', '4', '5', '6', '7'];

/** The fields of one header that determine the structure of a tar. */
export interface TarHeader {
  readonly name: string;
  readonly type: string;
  readonly sizeBytes: number;
}

/**
 * Reads a header so strictly that every reader of tar agrees on what it says.
 * @throws archive_rejected  its checksum is wrong, its size is not a plain number, or no backup has an entry of its kind
 */
export function readTarHeader(block: Buffer): TarHeader {
  const checksum = octal(block, checksumField);
  if (checksum === undefined || checksum !== sumOf(block)) {
    throw archiveRejected('its tar is damaged: the checksum of a header is wrong');
  }
  const magic = block.toString('latin1', magicField.start, magicField.end);
  if (magic !== posixMagic && magic !== gnuMagic)
    throw archiveRejected('its tar is damaged: a header is of no known format');
  const type = String.fromCharCode(block[typeField] as number);
  if (type !== extendedType && !entryTypes.includes(type)) {
    // Global headers and GNU's own headers would change the names or content of later entries.
    throw archiveRejected(`its tar holds a header of type "${printable(type)}", which no backup has`);
  }
  const sizeBytes = octal(block, sizeField) ?? base256(block.subarray(sizeField.start, sizeField.end));
  if (sizeBytes === undefined) throw archiveRejected('its tar holds an entry without a readable size');
  const prefix = magic === posixMagic ? textOf(block, prefixField) : '';
  const name = textOf(block, nameField);
  return { name: prefix === '' ? name : `${prefix}/${name}`, type, sizeBytes };
}

/** Attributes of a file that a backup does not need and that do not change its content. */
const harmlessKeys =
  /^(?:[acm]time|uid|gid|uname|gname|comment|SCHILY\.(?:dev|ino|nlink|fflags|xattr\..*|acl\..*)|LIBARCHIVE\..*)$/;

/**
 * Reads the records of an extended header and returns the size that it sets, if any. Daemons need one for a
 * snapshot that is too large for the plain header; archiving tools add times and attributes.
 * @throws archive_rejected  a record is malformed or changes anything but the size
 */
export function readExtendedSize(records: Buffer): number | undefined {
  let sizeBytes: number | undefined;
  for (let rest = records; rest.length > 0; ) {
    const { key, value, length } = firstRecord(rest);
    rest = rest.subarray(length);
    if (harmlessKeys.test(key)) continue;
    if (key !== 'size') {
      throw archiveRejected(`its tar holds an extended header that sets "${printable(key, 80)}", which no backup has`);
    }
    sizeBytes = /^(?:0|[1-9][0-9]{0,15})$/.test(value) ? Number(value) : Number.NaN;
    if (!Number.isSafeInteger(sizeBytes)) throw archiveRejected('its tar holds an entry without a readable size');
  }
  return sizeBytes;
}

/** `length key=value\n`, where the length is decimal and counts the whole record. */
function firstRecord(records: Buffer): { key: string; value: string; length: number } {
  const match = /^([1-9][0-9]{0,6}) ([^=\0]+)=/.exec(records.subarray(0, 256).toString('latin1'));
  const length = Number(match?.[1]);
  if (match === null || length > records.length || length <= match[0].length || records[length - 1] !== 0x0a) {
    throw archiveRejected('its tar is damaged: an extended header is malformed');
  }
  return { key: match[2] as string, value: records.toString('latin1', match[0].length, length - 1), length };
}

function textOf(block: Buffer, field: { readonly start: number; readonly end: number }): string {
  const text = block.subarray(field.start, field.end);
  const end = text.indexOf(0);
  return text.toString('utf8', 0, end < 0 ? text.length : end);
}

function octal(block: Buffer, field: { readonly start: number; readonly end: number }): number | undefined {
  const match = /^ *([0-7]+)[ \0]*$/.exec(block.toString('latin1', field.start, field.end));
  return match === null ? undefined : Number.parseInt(match[1] as string, 8);
}

function base256(field: Buffer): number | undefined {
  if (field[0] !== base256Marker) return undefined;
  const value = BigInt(`0x${field.toString('hex', 1)}`);
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : undefined;
}

/** The sum of all bytes, with the checksum field itself counted as spaces. */
function sumOf(block: Buffer): number {
  let sum = (checksumField.end - checksumField.start) * 0x20;
  for (let at = 0; at < blockBytes; at++) {
    if (at < checksumField.start || at >= checksumField.end) sum += block[at] as number;
  }
  return sum;
}
