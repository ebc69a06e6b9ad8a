import type { LeftBehind } from '../domain/errors.js';
import type { RestoreMarker } from '../domain/restore/marker.js';
import type { FileOwner } from '../domain/restore/raft-store-seed.js';

/** Writes the marker that makes the daemon record RESTORE_COMPLETED on its first boot. */
export interface MarkerWriter {
  /**
   * Writes the marker into the data directory (mode 0600), replacing an earlier one. When the promise resolves, the
   * file and every entry of the data directory are durable. After a failure there is no new marker, and an earlier one
   * is untouched, with one exception: if the new one is already in place and cannot be made durable, both are gone. The
   * error names what cannot be removed again as left behind.
   * @throws permission_denied, storage_failed
   */
  write(dataDirectory: string, marker: RestoreMarker, owner: FileOwner | undefined): Promise<void>;
  /**
   * Removes the marker again, durably, because the store was not committed, and returns what is left of it. Does
   * nothing if there is no marker. Never fails.
   */
  withdraw(dataDirectory: string): Promise<readonly LeftBehind[]>;
}
