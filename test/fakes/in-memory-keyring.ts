import { createHash } from 'node:crypto';
import { readEnvelopeHeader, writeEnvelopeHeader } from '../../src/domain/archive/envelope-header.js';
import { JacoError } from '../../src/domain/errors.js';
import type { StateKeyring } from '../../src/ports/state-keyring.js';
import { markingSeal } from '../builders/marking-seal.js';

const digestBytes = 32;
const digestOf = (...parts: readonly (string | Uint8Array)[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

/** A state sealed as {@link createInMemoryKeyring} opens it: bound to the ring's `secret` and to the metadata, its bits turned. */
export function sealInMemory(keyId: string, secret: string, state: Uint8Array, metadataBytes: Uint8Array): Uint8Array {
  const masked = Uint8Array.from(state, (byte) => byte ^ 0xff);
  return Buffer.concat([writeEnvelopeHeader(keyId), digestOf(secret, metadataBytes), masked, digestOf(masked)]);
}

/** A {@link StateKeyring} that hides nothing, with one key: it takes what is bound to its `secret`. */
export function createInMemoryKeyring(keyId: string, secret: string): StateKeyring {
  return {
    activeKeyId: keyId,
    async *openSnapshot(snapshot, metadataBytes) {
      let waiting = Buffer.alloc(0);
      let opened = false;
      for await (const piece of snapshot) {
        waiting = Buffer.concat([waiting, piece]);
        if (!opened) {
          const header = readEnvelopeHeader(waiting);
          if (header.kind === 'incomplete') continue;
          if (header.kind !== 'envelope') throw new JacoError('archive_rejected', 'the snapshot is not sealed.');
          if (waiting.length < header.headerBytes + digestBytes) continue;
          const bound = waiting.subarray(header.headerBytes, header.headerBytes + digestBytes);
          if (header.keyId !== keyId || !bound.equals(digestOf(secret, metadataBytes))) {
            throw new JacoError('keyring_mismatch', `the keyring does not open what ${header.keyId} has sealed.`);
          }
          waiting = waiting.subarray(header.headerBytes + digestBytes);
          opened = true;
        }
      }
      const masked = waiting.subarray(0, -digestBytes);
      if (!opened || !waiting.subarray(-digestBytes).equals(digestOf(masked))) {
        throw new JacoError('archive_rejected', 'the snapshot is not what was sealed.');
      }
      for (let start = 0; start < masked.length; start += 1_000) {
        yield Uint8Array.from(masked.subarray(start, start + 1_000), (byte) => byte ^ 0xff);
      }
    },
    async *sealSnapshot(state, metadataBytes) {
      const pieces: Uint8Array[] = [];
      for await (const piece of state) pieces.push(piece);
      yield sealInMemory(keyId, secret, Buffer.concat(pieces), metadataBytes);
    },
    sealedSizeBytes: (stateSizeBytes) => writeEnvelopeHeader(keyId).length + 2 * digestBytes + stateSizeBytes,
    seal: markingSeal,
  };
}
