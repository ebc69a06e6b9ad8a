import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createStoreByLocation, type StoreFactories } from '../../../src/adapters/storage/store-by-location.js';
import { streamOf } from '../../builders/byte-streams.js';
import { fileAt, objectAt, standardStream } from '../../builders/locations.js';
import { createInMemoryBackupStore } from '../../fakes/in-memory-backup-store.js';

const test = suite('a store for all kinds of locations');
const never = new AbortController().signal;

/** A store for each kind, and which of them were made. */
function stage() {
  const made: string[] = [];
  const stores = {
    file: createInMemoryBackupStore(),
    'standard-stream': createInMemoryBackupStore(),
    object: createInMemoryBackupStore(),
  };
  const make = (kind: keyof typeof stores) => async () => {
    made.push(kind);
    return stores[kind] as never;
  };
  const factories: StoreFactories = {
    file: make('file'),
    'standard-stream': make('standard-stream'),
    object: make('object'),
  };
  return { made, stores, store: createStoreByLocation(factories) };
}

test('leaves each location to the store of its kind', async () => {
  const { stores, store } = stage();
  await store.write(fileAt('/a'), streamOf('kept'), never);
  await store.write(standardStream, streamOf('passed on'), never);
  await store.write(objectAt('b'), streamOf('uploaded'), never);
  assert.equal(
    [stores.file, stores['standard-stream'], stores.object].map(({ files }) => [...files.keys()]),
    [['/a'], ['-'], ['s3://backups/b']],
  );
});

test('makes a store when it is first needed, and once', async () => {
  const { made, store } = stage();
  assert.equal(made, []);
  await Promise.all([store.stat(fileAt('/a'), never), store.stat(fileAt('/b'), never)]);
  await store.stat(fileAt('/c'), never);
  assert.equal(made, ['file']);
});

test.run();
