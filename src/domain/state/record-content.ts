import type { ContentDigest, RunningDigest } from '../../ports/content-digest.js';
import { type KnownLists, orderMaps } from './map-order.js';
import { advance, cursorAt, isMessage } from './message-cursor.js';
import { stateFields } from './snapshot-content.js';

/** Gives the digests of records, one after the other, while their bytes pass. */
export interface RecordContentReader {
  /** Takes the next bytes of a record. */
  take(piece: Uint8Array): void;
  /**
   * Ends the record, which is of the state's field `field`, and gives the digest of its content: that of every record of the
   * field which says the same, and of no other.
   */
  end(field: number): string;
}

/**
 * A larger record is compared by its bytes, so that memory has a bound. A daemon is given what it records in messages of at most
 * 4 MiB, which is what grpc-go receives unless it is told otherwise.
 */
export const comparedRecordLimitBytes = 16 * 1024 * 1024;

/** Twice what most records take, and their field's number. */
const firstRoomBytes = 128 * 1024;

/** The number of a record's field stands behind what is compared of it. */
const fieldNumberBytes = 4;

/** Of jaco.v1.Node: cpu_pressure, memory_pressure and last_pressure_at, which a node reports anew all the time. */
const fleetingFields: readonly number[] = [9, 10, 11];

/** Deployment.services, by the state's field of deployments: a ServiceSpec of a name and a number looks like a map's entry. */
const knownLists: Readonly<Record<number, KnownLists>> = { [stateFields.deployments]: [8] };

/**
 * A reader that stands before a record. What a record says is its bytes but for the order of the entries of its maps, and
 * of a node but for the load that it reports.
 */
export function createRecordContentReader(digests: ContentDigest): RecordContentReader {
  /** The record, as much space again to put maps in order, and space for the number of its field. */
  let room = new Uint8Array(firstRoomBytes);
  let sizeBytes = 0;
  /** Of a record that is larger than the limit. */
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

/** Takes the load out of the node's record in the first `sizeBytes` by moving the rest together, and gives the size of that. */
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
