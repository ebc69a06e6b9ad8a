import { createHash, hash } from 'node:crypto';
import type { ContentDigest } from '../../ports/content-digest.js';

/** SHA-256. */
export const sha256Digest: ContentDigest = {
  start() {
    const running = createHash('sha256');
    return { update: (bytes) => void running.update(bytes), hex: () => running.digest('hex') };
  },
  of: (bytes) => hash('sha256', bytes, 'hex'),
};
