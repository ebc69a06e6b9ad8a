import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RestorePorts } from '../../src/domain/restore/restore-archive.js';
import { plantDisk } from './disk-image.js';
import { createHeldLocks } from './held-locks.js';
import { archivePath, archiveToRestore, dataDirectory, restore } from './restore-under-test.js';
import { createSimulatedDisk } from './simulated-disk.js';

const test = suite('a restore that can neither commit nor take its marker back');

const commitFailure = new Error('no commit');
const rewire = (ports: RestorePorts): RestorePorts => ({
  ...ports,
  marker: { ...ports.marker, withdraw: () => Promise.reject(new Error('no withdrawal')) },
  raftStore: {
    stage: async (...parameters) => ({
      ...(await ports.raftStore.stage(...parameters)),
      commit: () => Promise.reject(commitFailure),
    }),
  },
});

const start = plantDisk([{ path: archivePath, bytes: archiveToRestore.bytes }, { path: dataDirectory }]);

test('reports the first failure', async () => {
  const { fileSystem } = createSimulatedDisk(start);
  assert.is(await restore(fileSystem, { rewire }).catch((error: unknown) => error), commitFailure);
});

test('discards the store and lets the next restore in', async () => {
  const { fileSystem } = createSimulatedDisk(start);
  const locks = createHeldLocks();
  await restore(fileSystem, { locks, rewire }).catch(() => undefined);
  assert.equal(await fileSystem.list(dataDirectory), ['restore.txt']);
  assert.is(locks.held.size, 0);
});

test.run();
