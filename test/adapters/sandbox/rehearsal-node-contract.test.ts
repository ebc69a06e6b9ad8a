import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeFirstCommands } from '../../../src/adapters/contract/command-encoding.js';
import { acquireExclusiveLock } from '../../../src/adapters/filesystem/exclusive-lock.js';
import { createMarkerFileWriter } from '../../../src/adapters/filesystem/marker-file-writer.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { createGrpcClusterView } from '../../../src/adapters/grpc/grpc-cluster-view.js';
import { systemClock } from '../../../src/adapters/host/system-clock.js';
import { createRaftStoreInitializer } from '../../../src/adapters/raft/raft-store-initializer.js';
import { runSandbox } from '../../../src/adapters/sandbox/run-sandbox.js';
import { createSandboxRehearsalNode } from '../../../src/adapters/sandbox/sandbox-rehearsal-node.js';
import { JacoError } from '../../../src/domain/errors.js';
import { streamOf } from '../../builders/byte-streams.js';
import { noCommands } from '../../builders/first-commands.js';
import { type Harness, rehearsalNodeContract, rehearsedCluster } from '../../contracts/rehearsal-node.contract.js';
import type { InMemoryRaftStore } from '../../fakes/in-memory-raft-store-initializer.js';
import { createInMemoryRehearsalNode } from '../../fakes/in-memory-rehearsal-node.js';

const never = new AbortController().signal;
const marker = {
  clusterId: rehearsedCluster,
  snapshotIndex: 1000n,
  takenAt: '2026-05-25T10:00:00Z',
  importedAt: '2026-05-26T08:30:00.000Z',
};

rehearsalNodeContract('the embedded daemon', async (): Promise<Harness> => {
  const directory = await mkdtemp(join(tmpdir(), 'jaco-test-'));
  const fileSystem = createNodeFileSystem();
  const machine = { fileSystem, acquireLock: acquireExclusiveLock, clock: systemClock, hostname: 'elsewhere' };
  return {
    node: createSandboxRehearsalNode(
      fileSystem,
      acquireExclusiveLock,
      (request) => runSandbox(request, machine),
      (path) => createGrpcClusterView({ kind: 'socket', path }, 10_000),
    ),
    directory,
    async restore({ dataDirectory }, seed, snapshot) {
      const initializer = createRaftStoreInitializer(fileSystem, acquireExclusiveLock, encodeFirstCommands);
      const staged = await initializer.stage({ ...seed, dataDirectory }, streamOf(snapshot), noCommands, never);
      await createMarkerFileWriter(fileSystem).write(dataDirectory, marker, undefined);
      await staged.commit();
    },
    remaining: async () => (await readdir(directory)).filter((name) => name.startsWith('jaco-drill-')).length,
    async plantKilled() {
      await mkdir(join(directory, 'jaco-drill-0123456789abcdef'), 0o700);
      await writeFile(join(directory, 'jaco-drill-0123456789abcdef', 'state.bin'), 'secret');
    },
    close: () => rm(directory, { recursive: true, force: true }),
  };
});

rehearsalNodeContract('in memory', async (): Promise<Harness> => {
  const stores = new Map<string, InMemoryRaftStore>();
  const markers = new Map<string, { marker: typeof marker }>();
  const node = createInMemoryRehearsalNode(stores, markers);
  return {
    node: {
      ...node,
      async boot(place) {
        const store = stores.get(place.dataDirectory);
        // The fake has no notion of a state: this one is known not to be.
        if (store !== undefined && Buffer.from(store.snapshot).toString() === 'no state') {
          throw new JacoError('store_damaged', 'no state');
        }
        return node.boot(place);
      },
    },
    directory: '/rehearsals',
    async restore({ dataDirectory }, seed, snapshot) {
      stores.set(dataDirectory, { seed: { ...seed, dataDirectory }, snapshot, first: undefined });
      markers.set(dataDirectory, { marker });
    },
    remaining: async () => node.places.size,
    plantKilled: async () => node.plantKilled(),
    close: async () => undefined,
  };
});
