import { type MessageReader, readMessage } from './protobuf-reader.js';

/** The name of a node, a deployment or a token is field 1 of its record (wire facts, sections 1 and 2). */
const nameField = 1;

/** A longer text is not a name: a hostname has at most 253 bytes. */
const nameLimitBytes = 1024;

/** Reads the names of records, one after the other, while their bytes pass. Reads nothing else in them. */
export interface RecordNameReader {
  /** Takes the next bytes of a record. */
  take(piece: Uint8Array): void;
  /**
   * Ends the record and returns the bytes of its name, as they are in the record, at most 1,024; none
   * if it has no readable name. A view, which the next record overwrites.
   */
  end(): Uint8Array;
}

/** A reader before its first record. */
export function createRecordNameReader(): RecordNameReader {
  const room = new Uint8Array(nameLimitBytes);
  let sizeBytes = 0;
  let field = 0;
  let record: MessageReader | undefined;

  const listener = {
    field(number: number, _type: number, valueBytes: number) {
      field = number;
      if (number !== nameField) return undefined;
      sizeBytes = 0;
      return valueBytes > nameLimitBytes ? 'the name is too long' : undefined;
    },
    wants: () => field === nameField,
    bytes(piece: Uint8Array) {
      room.set(piece, sizeBytes);
      sizeBytes += piece.length;
    },
  };

  return {
    take(piece) {
      record ??= readMessage('the record', listener);
      record.feed(piece);
    },
    end() {
      const foundBytes = record?.problem(true) === undefined ? sizeBytes : 0;
      record = undefined;
      sizeBytes = 0;
      return room.subarray(0, foundBytes);
    },
  };
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of a name from a {@link RecordNameReader}, with replacement characters where its bytes are no text. */
export function nameText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** The name of one whole record; empty if it has no readable name. */
export function nameOfRecord(record: Uint8Array): string {
  const reader = createRecordNameReader();
  reader.take(record);
  return nameText(reader.end());
}
