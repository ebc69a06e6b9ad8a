import { createHash } from 'node:crypto';
import type { ContentDigest } from '../../ports/content-digest.js';

/** SHA-256. */
export const sha256Digest: ContentDigest = {
  start() {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') };
  },
};
