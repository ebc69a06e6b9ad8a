import type { ArchiveLocation } from '../../domain/values/archive-location.js';
import type { BackupStore } from '../../ports/backup-store.js';

/** What the bytes of a backup pass on their way to the reader: something watches them, or undoes what lies around the archive. */
export type Passage = (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/** The same store, whose backups are read through `passage`. Their facts stay those of the bytes as they are kept. */
export function readThrough<Location extends ArchiveLocation>(
  store: BackupStore<Location>,
  passage: Passage,
): BackupStore<Location> {
  return {
    ...store,
    async open(location, signal, options) {
      const opened = await store.open(location, signal, options);
      return { ...opened, read: () => passage(opened.read()) };
    },
  };
}
