import type { StoreAccess } from '../adapters/raft/store-access.js';

/** Loads what opens the sealed store of a data directory. */
export type LoadStoreAccess = (dataDirectory: string) => Promise<StoreAccess>;

/**
 * Loads it from the keyring in the file at `keyFile`, only for a store that is sealed, as the code for it is large. Undefined
 * where no file is named.
 */
export function storeAccessFrom(keyFile: string | undefined): LoadStoreAccess | undefined {
  if (keyFile === undefined) return undefined;
  return async (dataDirectory) => {
    const [{ createStoreAccess }, { readKeyringFile }] = await Promise.all([
      import('../adapters/seal/store-access.js'),
      import('../adapters/seal/keyring-file.js'),
    ]);
    return createStoreAccess(await readKeyringFile(keyFile, dataDirectory));
  };
}
