import type { ArchiveSealer } from '../../src/ports/archive-sealer.js';

/** An {@link ArchiveSealer} that flips every bit, so that sealing twice opens. */
export const maskingSealer: ArchiveSealer = {
  async *seal(archive) {
    for await (const bytes of archive) yield bytes.map((byte) => byte ^ 0xff);
  },
};
