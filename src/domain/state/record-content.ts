import type { ContentDigest, RunningDigest } from '../../ports/content-digest.js';
import { type KnownLists, orderMaps } from './map-order.js';
import { advance, cursorAt, isMessage } from './message-cursor.js';
import { stateFields } from './snapshot-content.js';

/** Computes the digests of records, one after the other, while their bytes pass. */
export interface RecordContentReader {
  /** Takes the next bytes of a record. */
  take(piece: Uint8Array): void;
  /**
   * Ends the record, which is of the state's field `field`, and returns the digest of its content: equal for exactly
   * the records of that field with the same content.
   */
  end(field: number): string;
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

/** Of jaco.v1.Node: cpu_pressure, memory_pressure and last_pressure_at, which a node keeps reporting. */
const fleetingFields: readonly number[] = [9, 10, 11];

/** Deployment.services, by the state's field of deployments: a ServiceSpec of a name and a number looks like a map's entry. */
const knownLists: Readonly<Record<number, KnownLists>> = { [stateFields.deployments]: [8] };

/**
 * A reader before its first record. The content of a record is its bytes without the order of map entries, and for a
 * node without the load that it reports.
 */
export function createRecordContentReader(digests: ContentDigest): RecordContentReader {
  /** The record, the same space again for sorting maps, and space for the number of its field. */
  let room = new Uint8Array(firstRoomBytes);
  let sizeBytes = 0;
  /** The digest of a record that is larger than the limit. */
  let digest: RunningDigest | undefined;

  function keep(piece: Uint8Array): void {
    const neededBytes = sizeBytes + piece.length;
    if (2 * neededBytes + fieldNumberBytes > room.length) {
      const larger = new Uint8Array(Math.min(4 * neededBytes, 2 * comparedRecordLimitBytes) + fieldNumberBytes);
      larger.set(room.subarray(0, sizeBytes));
      room = larger;
    }
    room.set(piece, sizeBytes);
    sizeBytes = neededBytes;
  }

  function contentOf(field: number): Uint8Array {
    if (field === stateFields.nodes) sizeBytes = dropFleeting(room, sizeBytes);
    orderMaps(room, sizeBytes, knownLists[field]);
    for (let byte = 0; byte < fieldNumberBytes; byte += 1) room[sizeBytes + byte] = field >> (8 * byte);
    return room.subarray(0, sizeBytes + fieldNumberBytes);
  }

  return {
    take(piece) {
      if (digest === undefined && sizeBytes + piece.length <= comparedRecordLimitBytes) return keep(piece);
      if (digest === undefined) {
        digest = digests.start();
        digest.update(room.subarray(0, sizeBytes));
        sizeBytes = 0;
      }
      digest.update(piece);
    },
    end(field) {
      let found: string;
      if (digest === undefined) found = digests.of(contentOf(field));
      else {
        digest.update(Uint8Array.of(field, field >> 8, field >> 16, field >> 24));
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
