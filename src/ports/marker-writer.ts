import type { LeftBehind } from '../domain/errors.js';
import type { RestoreMarker } from '../domain/restore/marker.js';
import type { FileOwner } from '../domain/restore/raft-store-seed.js';

/** Leaves the marker that makes the daemon record RESTORE_COMPLETED on its first boot. */
export interface MarkerWriter {
  /**
   * Writes the marker into the data directory (mode 0600), replacing an earlier one. When the promise resolves, the file
   * and every entry of the data directory are durable. After a failure there is no new marker, and an earlier one is
   * untouched; only when the new one is in its place already and cannot be made durable there is none at all. What cannot be
   * removed again the error names as left behind.
   * @throws permission_denied, storage_failed
   */
  write(dataDirectory: string, marker: RestoreMarker, owner: FileOwner | undefined): Promise<void>;
  /**
   * Takes the marker away again, durably, because the store was not committed, and gives what is left of it. Does nothing
   * where there is none. Never fails.
   */
  withdraw(dataDirectory: string): Promise<readonly LeftBehind[]>;
}
