import type { ContentDigest, RunningDigest } from '../../ports/content-digest.js';
import { type KnownLists, orderMaps } from './map-order.js';
import { advance, cursorAt, isMessage } from './message-cursor.js';
import { stateFields } from './snapshot-content.js';

/** Computes the digests of records, one after the other, while their bytes pass. */
export interface RecordContentReader {
  /** Takes the next bytes of a record. */
  take(piece: Uint8Array): void;
  /**
   * Ends the record, which is of the state's field `field`, and returns the digest of its content, in hexadecimal:
   * equal for exactly the records of that field with the same content and the same 16 bytes `before`.
   */
  end(field: number, before?: Uint8Array): string;
}

/**
 * A larger record is compared by its bytes, so that memory has a bound. Daemons receive what they record in messages of
 * at most 4 MiB, grpc-go's default limit.
 */
export const comparedRecordLimitBytes = 16 * 1024 * 1024;

/** Enough for twice the size of most records, and their field's number. */
const firstRoomBytes = 128 * 1024;

/** The number of a record's field follows the compared bytes. */
const fieldNumberBytes = 4;

/** Of the salt, which comes first, and of what came before, which follows it. */
export const saltBytes = 16;
const beforeBytes = 16;
const prefixBytes = saltBytes + beforeBytes;

const nothingBefore = new Uint8Array(beforeBytes);

/** Of jaco.v1.Node: cpu_pressure, memory_pressure and last_pressure_at, which a node keeps reporting. */
const fleetingFields: readonly number[] = [9, 10, 11];

/** Deployment.services, by the state's field of deployments: a ServiceSpec of a name and a number looks like a map's entry. */
const knownLists: Readonly<Record<number, KnownLists>> = { [stateFields.deployments]: [8] };

/**
 * A reader before its first record. The content of a record is its bytes without the order of map entries, and for a
 * node without the load that it reports. The digests begin with the {@link saltBytes} of `salt`: with another salt they
 * are others, so that who does not know it cannot look for two contents with similar ones.
 */
export function createRecordContentReader(digests: ContentDigest, salt: Uint8Array): RecordContentReader {
  let { room, record } = roomFor(firstRoomBytes);
  let sizeBytes = 0;
  /** The digest of a record that is larger than the limit. */
  let digest: RunningDigest | undefined;

  function keep(piece: Uint8Array): void {
    const neededBytes = sizeBytes + piece.length;
    if (2 * neededBytes + fieldNumberBytes > record.length) {
      const larger = roomFor(Math.min(4 * neededBytes, 2 * comparedRecordLimitBytes) + fieldNumberBytes);
      larger.record.set(record.subarray(0, sizeBytes));
      ({ room, record } = larger);
    }
    record.set(piece, sizeBytes);
    sizeBytes = neededBytes;
  }

  /** The prefix, and the compared bytes of the record. */
  function contentOf(field: number, before: Uint8Array): Uint8Array {
    if (field === stateFields.nodes) sizeBytes = dropFleeting(record, sizeBytes);
    orderMaps(record, sizeBytes, knownLists[field]);
    for (let byte = 0; byte < fieldNumberBytes; byte += 1) record[sizeBytes + byte] = field >> (8 * byte);
    room.set(before, saltBytes);
    return room.subarray(0, prefixBytes + sizeBytes + fieldNumberBytes);
  }

  /** The salt, room for what came before, the record, the same space again for sorting maps, and the field's number. */
  function roomFor(recordBytes: number) {
    const room = new Uint8Array(prefixBytes + recordBytes);
    room.set(salt);
    return { room, record: room.subarray(prefixBytes) };
  }

  return {
    take(piece) {
      if (digest === undefined && sizeBytes + piece.length <= comparedRecordLimitBytes) return keep(piece);
      if (digest === undefined) {
        digest = digests.start();
        digest.update(salt);
        digest.update(record.subarray(0, sizeBytes));
        sizeBytes = 0;
      }
      digest.update(piece);
    },
    end(field, before = nothingBefore) {
      let found: string;
      if (digest === undefined) found = digests.of(contentOf(field, before));
      else {
        // What came before comes last here. No record up to the limit can have these bytes, which are more.
        digest.update(Uint8Array.of(field, field >> 8, field >> 16, field >> 24));
        digest.update(before);
        found = digest.hex();
      }
      digest = undefined;
      sizeBytes = 0;
      return found;
    },
  };
}

/** Removes the load from the node's record in the first `sizeBytes`, and returns the size of the rest. */
function dropFleeting(bytes: Uint8Array, sizeBytes: number): number {
  if (!isMessage(bytes, 0, sizeBytes)) return sizeBytes;
  const cursor = cursorAt(bytes, 0, sizeBytes);
  let leftBytes = 0;
  while (advance(cursor)) {
    if (fleetingFields.includes(cursor.number)) continue;
    bytes.copyWithin(leftBytes, cursor.start, cursor.next);
    leftBytes += cursor.next - cursor.start;
  }
  return leftBytes;
}
