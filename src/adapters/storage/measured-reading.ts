import type { Hash } from 'node:crypto';
import type { BackupFacts, OpenedBackup } from '../../ports/backup-store.js';
import { iterationOf } from '../host/iteration.js';

/** Pieces of a backup on their way. */
export type Pieces = AsyncGenerator<Uint8Array, void, undefined>;

/** Counts the bytes of each reading, and computes their SHA-256 if `fingerprint` is set. */
export function measuredReading(open: () => Pieces, fingerprint: boolean): Pick<OpenedBackup, 'read' | 'facts'> {
  let facts: BackupFacts | undefined;
  return {
    read() {
      const source = open();
      let hash: Hash | undefined;
      let sizeBytes = 0;
      return iterationOf(
        async () => {
          // Loaded only on request: it takes a twentieth of a small restore.
          if (fingerprint) hash ??= (await import('node:crypto')).createHash('sha256');
          const step = await source.next();
          if (step.done === true) {
            facts = { sizeBytes, sha256: hash?.digest('hex') };
          } else {
            hash?.update(step.value);
            sizeBytes += step.value.length;
          }
          return step;
        },
        () => source.return(),
      );
    },
    facts() {
      if (facts === undefined) throw new Error('the backup has not been read to its end');
      return facts;
    },
  };
}
