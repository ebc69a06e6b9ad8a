/** How a field's value is laid out (protobuf.dev, "Encoding"). Groups (3 and 4) are deprecated and never written. */
export const wireType = { varint: 0, fixed64: 1, lengthDelimited: 2, fixed32: 5 } as const;

/** The highest number that a field can have (protobuf.dev, "Language Guide"). */
export const lastFieldNumber = 2 ** 29 - 1;

/** The largest length that one field can have: a protobuf message ends at 2 GiB (protobuf.dev, "Proto Limits"). */
const fieldSizeLimitBytes = 2 ** 31;

/** The longest varint of 64 bits. */
export const longestVarintBytes = 10;

/** The value of a field without one. */
const nothing = new Uint8Array(0);

/** Hears of a message's fields while its bytes pass. */
export interface FieldListener {
  /**
   * A field has begun. The next `sizeBytes` are its value; for a varint, whose length is not known beforehand, 0 and no
   * bytes. `headerBytes` came before the value. Returns a reason if such a field is not possible.
   */
  field(number: number, type: number, sizeBytes: number, headerBytes: number): string | undefined;
  /** The value of the current varint, which took `sizeBytes`: exact up to 2^53, rounded beyond. */
  number?(value: number, sizeBytes: number): void;
  /**
   * Whether to pass on the bytes of the current value; without this method they are passed on. A skipped value costs
   * only its length, and a state has millions of records.
   */
  wants?(): boolean;
  /** The next bytes of the current value, at least one piece. Views, not copies. */
  bytes(piece: Uint8Array): void;
  /** The value is complete, unless it was a varint. Returns a reason if the value is not possible. */
  end?(): string | undefined;
}

/** A message being read. */
export interface MessageReader {
  /** Takes the next bytes; does nothing once the message is known to be malformed. */
  feed(bytes: Uint8Array): void;
  /** Bytes taken so far, up to where the message turned out to be malformed. */
  position(): number;
  /** Why the message is malformed; after the last byte, whether it ended where a field ends. */
  problem(ended: boolean): string | undefined;
}

/**
 * Reads the fields of one protobuf message, which `subject` names in reasons, in constant memory for any size of fields
 * and any division into pieces. Does not look inside fields. Never throws.
 */
export function readMessage(subject: string, listener: FieldListener): MessageReader {
  let position = 0;
  let malformed: string | undefined;
  let reading: 'tag' | 'length' | 'value' | 'bytes' = 'tag';
  let number = 0;
  let type = 0;
  let remaining = 0;
  let headerBytes = 0;
  let shown = true;
  /** The varint so far: exact up to 2^53; every use of a larger one is refused. */
  let varint = 0;
  let varintBytes = 0;
  /** What the next seven bits of it count. */
  let varintUnit = 1;

  function begin(sizeBytes: number): void {
    malformed = listener.field(number, type, sizeBytes, headerBytes);
    remaining = sizeBytes;
    reading = sizeBytes > 0 ? 'bytes' : 'tag';
    if (type === wireType.varint || malformed !== undefined) return;
    shown = listener.wants?.() ?? true;
    if (sizeBytes === 0) take(nothing, 0, 0);
  }

  /** Takes the value's bytes from `start` to `end`. */
  function take(bytes: Uint8Array, start: number, end: number): void {
    if (shown) listener.bytes(bytes.subarray(start, end));
    remaining -= end - start;
    if (remaining > 0) return;
    reading = 'tag';
    malformed = listener.end?.();
  }

  function takeTag(tag: number): void {
    number = Math.floor(tag / 8);
    type = tag % 8;
    if (number === 0 || number > lastFieldNumber) malformed = `field number ${number} does not exist`;
    else if (type === wireType.lengthDelimited) reading = 'length';
    else if (type === wireType.varint) {
      begin(0);
      reading = 'value';
    } else if (type === wireType.fixed64) begin(8);
    else if (type === wireType.fixed32) begin(4);
    else malformed = `wire type ${type} is not used`;
  }

  function takeVarintByte(byte: number): void {
    varintBytes += 1;
    // The tenth byte of a 64-bit varint holds one bit.
    if (varintBytes === longestVarintBytes && byte > 1) {
      malformed = 'a number is longer than 64 bits';
      return;
    }
    varint += (byte & 0x7f) * varintUnit;
    varintUnit *= 128;
    if (byte >= 0x80) return;
    const complete = varint;
    const size = varintBytes;
    varint = 0;
    varintBytes = 0;
    varintUnit = 1;
    if (reading === 'tag') {
      headerBytes = size;
      takeTag(complete);
    } else if (reading === 'value') {
      reading = 'tag';
      listener.number?.(complete, size);
    } else if (complete >= fieldSizeLimitBytes) {
      malformed = `field ${number} claims more bytes than a message can have`;
    } else {
      headerBytes += size;
      begin(complete);
    }
  }

  return {
    feed(bytes) {
      let offset = 0;
      while (offset < bytes.length && malformed === undefined) {
        if (reading === 'bytes') {
          const end = offset + Math.min(remaining, bytes.length - offset);
          take(bytes, offset, end);
          offset = end;
        } else {
          takeVarintByte(bytes[offset] as number);
          offset += 1;
        }
      }
      position += offset;
    },
    position: () => position,
    problem(ended) {
      if (malformed !== undefined || !ended) return malformed;
      return reading === 'tag' && varintBytes === 0 ? undefined : `${subject} ends inside a field`;
    },
  };
}
