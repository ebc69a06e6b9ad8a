import { sealEnvelope } from '../../src/adapters/seal/envelope.js';
import type { Keyring } from '../../src/adapters/seal/keyring.js';
import { backupSnapshot, type Purpose, raftSnapshot } from '../../src/adapters/seal/purposes.js';
import { keyringOf } from '../builders/keyrings.js';
import { metadataJson, snapshotOf } from './sample-archive.js';
import { archiveOf, tarEntry } from './tar-builder.js';

/** A sealed archive, and the ring that opens it. */
export interface SealedSample {
  readonly archive: Buffer;
  readonly ring: Keyring;
}

/** The ring at hand. */
export const ring = keyringOf('ring-1');

/** The meta.json of the sealed sample. */
export const sealedMetadata = metadataJson({ schema_version: '2' });

/** How a snapshot.bin is sealed; what is left out is as a daemon does it. */
export interface Sealing {
  readonly metadata?: string;
  readonly inner?: { readonly ring?: Keyring; readonly purpose?: Purpose };
  readonly outer?: { readonly ring?: Keyring; readonly purpose?: Purpose };
}

/** The snapshot.bin around a state, each part of which may be wrong. */
export function sealedSnapshot(state: Uint8Array, { metadata = sealedMetadata, inner, outer }: Sealing = {}): Buffer {
  const within = sealEnvelope(state, { ring, purpose: raftSnapshot, ...inner });
  return Buffer.from(sealEnvelope(within, { ring, purpose: backupSnapshot(Buffer.from(metadata)), ...outer }));
}

/** An archive of that snapshot.bin. */
export function sealedArchive(snapshot: Uint8Array, metadata: string | Uint8Array = sealedMetadata): Buffer {
  return archiveOf(tarEntry({ name: 'meta.json' }, metadata), tarEntry({ name: 'snapshot.bin' }, snapshot));
}

/** A good sealed archive, of the state of the plain sample. */
export const sealedSample: SealedSample = { archive: sealedArchive(sealedSnapshot(snapshotOf())), ring };
