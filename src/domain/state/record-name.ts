import { type MessageReader, readMessage } from './protobuf-reader.js';

/** The name of a node, a deployment or a token is field 1 of its record (wire facts, sections 1 and 2). */
const nameField = 1;

/** A longer text is not a name: a hostname has at most 253 bytes. */
const nameLimitBytes = 1024;

/** Reads the names of records, one after the other, while their bytes pass. Reads nothing else in them. */
export interface RecordNameReader {
  /** Takes the next bytes of a record. */
  take(piece: Uint8Array): void;
  /** Ends the record and returns its name; empty if it has no readable name. */
  end(): string;
}

/** A reader before its first record. */
export function createRecordNameReader(): RecordNameReader {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let name = '';
  let field = 0;
  let record: MessageReader | undefined;

  const listener = {
    field(number: number, _type: number, sizeBytes: number) {
      field = number;
      if (number !== nameField) return undefined;
      name = '';
      return sizeBytes > nameLimitBytes ? 'the name is too long' : undefined;
    },
    wants: () => field === nameField,
    bytes(piece: Uint8Array) {
      name += decoder.decode(piece, { stream: true });
    },
    end() {
      if (field === nameField) name += decoder.decode();
      return undefined;
    },
  };

  return {
    take(piece) {
      record ??= readMessage('the record', listener);
      record.feed(piece);
    },
    end() {
      const found = record?.problem(true) === undefined ? name : '';
      // A name that was cut short may have left half a character.
      decoder.decode();
      record = undefined;
      name = '';
      return found;
    },
  };
}

/** The name of one whole record; empty if it has no readable name. */
export function nameOfRecord(record: Uint8Array): string {
  const reader = createRecordNameReader();
  reader.take(record);
  return reader.end();
}
