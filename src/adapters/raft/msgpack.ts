import type { RefuseDamage } from './damaged-store.js';

/**
 * One decoded value: nil is null, every integer is a bigint, text and binary are both bytes (go-msgpack's default
 * handle writes both in the raw format), a map is a list of pairs.
 */
export type MsgpackValue = null | boolean | bigint | Uint8Array | readonly MsgpackValue[] | MsgpackMap;

/** A decoded map, with its keys as text. */
export type MsgpackMap = ReadonlyMap<string, MsgpackValue>;

/** How deep values may nest; the engine's own have two levels. */
const deepest = 8;

/**
 * An unsigned integer in its shortest form (go-msgpack v2 msgpack.go, EncodeUint).
 * @throws RangeError `value` is not a uint64
 */
export function encodeUnsigned(value: bigint): Uint8Array {
  if (value < 0n || value >= 1n << 64n) throw new RangeError(`${value} is not a uint64`);
  if (value < 0x80n) return Uint8Array.of(Number(value));
  const [lead, size] =
    value < 0x100n ? [0xcc, 1] : value < 0x10000n ? [0xcd, 2] : value < 1n << 32n ? [0xce, 4] : [0xcf, 8];
  const bytes = new Uint8Array(9);
  new DataView(bytes.buffer).setBigUint64(1, value << BigInt(64 - 8 * size));
  bytes[0] = lead;
  return bytes.subarray(0, 1 + size);
}

/** The header of `length` bytes of text or binary: raw format, which has no 8-bit length (EncodeStringBytesRaw). */
export function encodeRawHeader(length: number): Uint8Array {
  if (length < 32) return Uint8Array.of(0xa0 | length);
  return length < 0x10000 ? withLength(0xda, length, 2) : withLength(0xdb, length, 4);
}

/** Text or binary; undefined is nil, as go-msgpack writes a nil slice. */
export function encodeRaw(bytes: Uint8Array | undefined): Uint8Array {
  return bytes === undefined ? Uint8Array.of(0xc0) : Buffer.concat([encodeRawHeader(bytes.length), bytes]);
}

/** The header of an array. */
export function encodeArrayHeader(count: number): Uint8Array {
  if (count < 16) return Uint8Array.of(0x90 | count);
  return count < 0x10000 ? withLength(0xdc, count, 2) : withLength(0xdd, count, 4);
}

function withLength(lead: number, length: number, size: 2 | 4): Uint8Array {
  const bytes = new Uint8Array(1 + size);
  const view = new DataView(bytes.buffer);
  if (size === 2) view.setUint16(1, length);
  else view.setUint32(1, length);
  bytes[0] = lead;
  return bytes;
}

/**
 * Decodes one value that fills `bytes` exactly. Bytes in the result are views into `bytes`.
 * @throws store_damaged (through `refuse`) it is not msgpack, or of a form that the engine never writes
 */
export function decodeMsgpack(bytes: Uint8Array, refuse: RefuseDamage): MsgpackValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = 0;

  function advance(count: number): number {
    if (count > bytes.length - position) throw refuse('a msgpack value is cut short');
    position += count;
    return position - count;
  }

  function value(depth: number): MsgpackValue {
    if (depth > deepest) throw refuse('its msgpack values nest too deeply');
    const lead = view.getUint8(advance(1));
    if (lead < 0x80) return BigInt(lead);
    if (lead < 0x90) return map(lead & 0x0f, depth);
    if (lead < 0xa0) return array(lead & 0x0f, depth);
    if (lead < 0xc0) return raw(lead & 0x1f);
    if (lead >= 0xe0) return BigInt(lead - 0x100);
    switch (lead) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return lead === 0xc3;
      case 0xc4:
      case 0xd9:
        return raw(view.getUint8(advance(1)));
      case 0xc5:
      case 0xda:
        return raw(view.getUint16(advance(2)));
      case 0xc6:
      case 0xdb:
        return raw(view.getUint32(advance(4)));
      case 0xcc:
        return BigInt(view.getUint8(advance(1)));
      case 0xcd:
        return BigInt(view.getUint16(advance(2)));
      case 0xce:
        return BigInt(view.getUint32(advance(4)));
      case 0xcf:
        return view.getBigUint64(advance(8));
      case 0xd0:
        return BigInt(view.getInt8(advance(1)));
      case 0xd1:
        return BigInt(view.getInt16(advance(2)));
      case 0xd2:
        return BigInt(view.getInt32(advance(4)));
      case 0xd3:
        return view.getBigInt64(advance(8));
      case 0xdc:
        return array(view.getUint16(advance(2)), depth);
      case 0xdd:
        return array(view.getUint32(advance(4)), depth);
      case 0xde:
        return map(view.getUint16(advance(2)), depth);
      case 0xdf:
        return map(view.getUint32(advance(4)), depth);
      default:
        throw refuse(`a msgpack value begins with 0x${lead.toString(16)}, which the engine never writes`);
    }
  }

  function raw(length: number): Uint8Array {
    const start = advance(length);
    return bytes.subarray(start, start + length);
  }

  function array(count: number, depth: number): MsgpackValue[] {
    const items: MsgpackValue[] = [];
    // Every item takes at least a byte, so reading a wrong count stops at the end of the bytes.
    for (let item = 0; item < count; item += 1) items.push(value(depth + 1));
    return items;
  }

  function map(count: number, depth: number): MsgpackMap {
    const pairs = new Map<string, MsgpackValue>();
    for (let pair = 0; pair < count; pair += 1) {
      const key = value(depth + 1);
      if (!(key instanceof Uint8Array)) throw refuse('a msgpack map has a key that is not text');
      pairs.set(Buffer.from(key).toString('latin1'), value(depth + 1));
    }
    return pairs;
  }

  const decoded = value(0);
  if (position !== bytes.length) throw refuse('bytes follow its msgpack value');
  return decoded;
}
