import { unsealed } from '../../domain/archive/archive-schema.js';
import type { RaftStoreSeal } from '../../ports/raft-store-seal.js';
import type { StateKeyring } from '../../ports/state-keyring.js';
import type { RefuseDamage } from './damaged-store.js';
import type { LogEntry } from './log-entry.js';
import type { SnapshotMeta } from './snapshot-meta.js';

/** The key in the stable store of a sealed store (jacod from September 2026 on). */
export const sealedFormatKey = 'jaco:encrypted-state:v1';

/** How the content of a store is read and written: as it is, or sealed under a keyring. */
export interface StoreAccess {
  readonly seal: RaftStoreSeal;
  /** The keyring that it is sealed under, and that a backup of it is to be sealed under; undefined for a plain store. */
  readonly keyring: StateKeyring | undefined;
  /**
   * Refuses a store that was made under another ring.
   * @throws keyring_mismatch, store_damaged (through `refuse`)
   */
  requireOwn(stableValues: ReadonlyMap<string, Uint8Array>, refuse: RefuseDamage): void;
  /**
   * The entry in the clear.
   * @throws keyring_mismatch, store_damaged (through `refuse`)
   */
  openEntry(entry: LogEntry, refuse: RefuseDamage): LogEntry;
  /**
   * The state in the clear. It must not be relied on before the iteration has ended.
   * @throws keyring_mismatch, store_damaged (through `refuse`)
   */
  openState(content: AsyncIterable<Uint8Array>, meta: SnapshotMeta, refuse: RefuseDamage): AsyncIterable<Uint8Array>;
}

/** A store of daemons up to v0.3.9. */
export const plainAccess: StoreAccess = {
  seal: unsealed,
  keyring: undefined,
  requireOwn: () => undefined,
  openEntry: (entry) => entry,
  openState: (content) => content,
};
