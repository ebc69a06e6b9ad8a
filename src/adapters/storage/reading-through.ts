import type { ArchiveLocation } from '../../domain/values/archive-location.js';
import type { BackupStore } from '../../ports/backup-store.js';

/** A stage between a backup's bytes and their reader: it watches the bytes, or unwraps the archive, and says when they are encrypted. */
export type Passage = (bytes: AsyncIterable<Uint8Array>, onEncrypted?: () => void) => AsyncIterable<Uint8Array>;

/** The same store, with backups read through `passage`. Their facts stay those of the stored bytes. */
export function readThrough<Location extends ArchiveLocation>(
  store: BackupStore<Location>,
  passage: Passage,
): BackupStore<Location> {
  return {
    ...store,
    async open(location, signal, options) {
      const opened = await store.open(location, signal, options);
      let encrypted = false;
      const onEncrypted = () => {
        encrypted = true;
      };
      return {
        ...opened,
        read: () => passage(opened.read(), onEncrypted),
        facts: () => ({ ...opened.facts(), encrypted }),
      };
    },
  };
}
