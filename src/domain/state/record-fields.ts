import { readMessage, wireType } from './protobuf-reader.js';

/** The fields of one whole record, by their numbers; if a field occurs twice, the later one counts. */
export interface RecordFields {
  readonly bytes: ReadonlyMap<number, Uint8Array>;
  readonly numbers: ReadonlyMap<number, number>;
  /** Empty for a missing field. */
  text(field: number): string;
}

/** Reads a record that is whole in memory, up to where it is malformed. Bytes are views into it. */
export function readFields(record: Uint8Array): RecordFields {
  const bytes = new Map<number, Uint8Array>();
  const numbers = new Map<number, number>();
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let field = 0;
  let delimited = false;
  const reader = readMessage('the record', {
    field(number, type) {
      field = number;
      delimited = type === wireType.lengthDelimited;
      return undefined;
    },
    number(value) {
      numbers.set(field, value);
    },
    // The record is fed whole, so that each value comes in one piece.
    bytes(piece) {
      if (delimited) bytes.set(field, piece);
    },
  });
  reader.feed(record);
  return { bytes, numbers, text: (number) => decoder.decode(bytes.get(number)) };
}
