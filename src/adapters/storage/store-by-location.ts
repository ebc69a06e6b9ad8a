import type { ArchiveLocation } from '../../domain/values/archive-location.js';
import type { BackupStore } from '../../ports/backup-store.js';

/** One store for each kind of location, made when it is first needed. A kind without one does not compile. */
export type StoreFactories = {
  readonly [Kind in ArchiveLocation['kind']]: () => Promise<BackupStore<Extract<ArchiveLocation, { kind: Kind }>>>;
};

/** One store for all locations, which delegates each to the store of its kind. */
export function createStoreByLocation(factories: StoreFactories): BackupStore {
  const made = new Map<ArchiveLocation['kind'], Promise<BackupStore>>();
  /** The store for the kind of `location`, which gets only locations of that kind. */
  function storeFor({ kind }: ArchiveLocation): Promise<BackupStore> {
    const store = made.get(kind) ?? (factories[kind]() as Promise<BackupStore>);
    made.set(kind, store);
    return store;
  }
  return {
    open: async (location, signal, options) => (await storeFor(location)).open(location, signal, options),
    write: async (destination, archive, signal, options) =>
      (await storeFor(destination)).write(destination, archive, signal, options),
    stat: async (location, signal) => (await storeFor(location)).stat(location, signal),
    list: async (location, signal) => (await storeFor(location)).list(location, signal),
    others: async (location, signal) => (await storeFor(location)).others(location, signal),
    clearUnfinished: async (request, signal) => (await storeFor(request.place)).clearUnfinished(request, signal),
    remove: async (found, signal) => (await storeFor(found.location)).remove(found, signal),
  };
}
