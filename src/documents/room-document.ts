import type { Room } from '../domain/restore/free-room.js';

/** The room on the file system of a data directory, for a program. */
export interface RoomDocument {
  /** What would be written, and a little more. */
  readonly needed_bytes: number;
  /** Null if the file system does not tell. */
  readonly free_bytes: number | null;
}

/** The room for a store, as data for a program. */
export function roomDocument({ neededBytes, freeBytes }: Room): RoomDocument {
  return { needed_bytes: neededBytes, free_bytes: freeBytes ?? null };
}
