import { createHash } from 'node:crypto';
import type { OpenedBackup } from '../../src/ports/backup-store.js';

/** How much is read at a time, in bytes. */
const readBytes = 64;

/** Bytes in memory as an open backup, which by default may be read again. */
export function openedBackup(
  bytes: Uint8Array,
  { fingerprint = false, rereadable = true }: { readonly fingerprint?: boolean; readonly rereadable?: boolean } = {},
): OpenedBackup & { readonly closed: () => number } {
  let closed = 0;
  return {
    rereadable,
    async *read() {
      for (let start = 0; start < bytes.length; start += readBytes) yield bytes.subarray(start, start + readBytes);
    },
    facts: () => ({
      sizeBytes: bytes.length,
      sha256: fingerprint ? createHash('sha256').update(bytes).digest('hex') : undefined,
    }),
    async close() {
      closed += 1;
    },
    closed: () => closed,
  };
}
