import type { ContentDigest } from '../../src/ports/content-digest.js';

/** The bytes themselves in hexadecimal: a {@link ContentDigest} that certainly distinguishes contents. */
export const plainDigest: ContentDigest = {
  start() {
    const pieces: Uint8Array[] = [];
    return {
      update: (bytes) => void pieces.push(Uint8Array.from(bytes)),
      hex: () => Buffer.concat(pieces).toString('hex'),
    };
  },
  of: (bytes) => Buffer.from(bytes).toString('hex'),
};
