import type { RaftStoreSeal } from './raft-store-seal.js';

/** The keyring of a cluster of newer daemons: what opens and seals its state. Which keys are in it stays its own secret. */
export interface StateKeyring {
  /** The id of the key that seals. Not secret. */
  readonly activeKeyId: string;
  /**
   * The state in the snapshot.bin of an archive, bound to the exact bytes of its meta.json: while its bytes pass, with
   * back-pressure and in bounded memory. Nothing may be made of it until the iteration has ended. What `snapshot`
   * throws is thrown on.
   * @throws keyring_mismatch  this ring does not open it, or meta.json is not the one for which it was sealed
   * @throws archive_rejected  it is not sealed, or its bytes were changed or cut short
   */
  openSnapshot(snapshot: AsyncIterable<Uint8Array>, metadataBytes: Uint8Array): AsyncIterable<Uint8Array>;
  /**
   * The snapshot.bin of an archive with that meta.json around `state`: while its bytes pass, likewise. What `state` throws is
   * thrown on.
   */
  sealSnapshot(state: AsyncIterable<Uint8Array>, metadataBytes: Uint8Array): AsyncIterable<Uint8Array>;
  /** How many bytes that snapshot.bin has around a state of `stateSizeBytes`. */
  sealedSizeBytes(stateSizeBytes: number): number;
  /** How a daemon with this ring wants the content of its raft store. */
  readonly seal: RaftStoreSeal;
}

/** Where the operator's keyring comes from, if there is one. */
export interface StateKeyringSource {
  /**
   * The ring. `dataDirectory` is that of a daemon, in which the ring may not lie.
   * @throws keyring_unusable
   */
  load(dataDirectory?: string): Promise<StateKeyring>;
}
