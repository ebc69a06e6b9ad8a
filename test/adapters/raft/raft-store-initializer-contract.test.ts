import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeFirstCommands } from '../../../src/adapters/contract/command-encoding.js';
import { acquireExclusiveLock } from '../../../src/adapters/filesystem/exclusive-lock.js';
import type { FileSystem } from '../../../src/adapters/filesystem/file-system.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { openBoltFile } from '../../../src/adapters/raft/bolt-reader.js';
import { damageOf } from '../../../src/adapters/raft/damaged-store.js';
import { decodeLogEntry } from '../../../src/adapters/raft/log-entry.js';
import { readLogStore } from '../../../src/adapters/raft/log-store.js';
import { createRaftStoreInitializer } from '../../../src/adapters/raft/raft-store-initializer.js';
import { listSnapshots, openSnapshot } from '../../../src/adapters/raft/snapshot-directory.js';
import { unsealed } from '../../../src/domain/archive/archive-schema.js';
import type { LogContent } from '../../../src/ports/raft-store-seal.js';
import {
  type FoundEntry,
  type FoundStore,
  type Harness,
  raftStoreInitializerContract,
} from '../../contracts/raft-store-initializer.contract.js';
import { raftStoreSealingContract } from '../../contracts/raft-store-sealing.contract.js';
import { raftStoreUndoingContract } from '../../contracts/raft-store-undoing.contract.js';
import { createInMemoryRaftStoreInitializer } from '../../fakes/in-memory-raft-store-initializer.js';

const openFiles = async (): Promise<Harness> => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'jaco-raft-'));
  const raft = join(dataDirectory, 'raft');
  const broken = breakable(dataDirectory);
  return {
    initializer: createRaftStoreInitializer(broken.fileSystem, acquireExclusiveLock, encodeFirstCommands),
    dataDirectory,
    failAfterMove: broken.failAfterMove,
    refuseRemovals: broken.refuseRemovals,
    foundStore: () => findStore(dataDirectory),
    hasLeftovers: async () => (await readdir(dataDirectory)).some((name) => name !== 'raft'),
    async plantStore() {
      await mkdir(raft);
      await writeFile(join(raft, 'log.db'), 'somebody else’s');
    },
    async plantLeftover() {
      const snapshot = join(dataDirectory, 'raft.restoring/snapshots/7-1000-1795539891344');
      await mkdir(snapshot, { recursive: true });
      await writeFile(join(snapshot, 'state.bin'), 'half');
    },
    close: () => rm(dataDirectory, { recursive: true, force: true }),
  };
};

const openMemory = async (): Promise<Harness> => {
  const initializer = createInMemoryRaftStoreInitializer(encodeFirstCommands);
  const dataDirectory = '/var/lib/jaco';
  const seed = {
    dataDirectory,
    snapshotId: '1-1-1',
    index: 1n,
    term: 1n,
    configurationIndex: 1n,
    voter: { id: 'other', address: 'other:7001' },
    seal: unsealed,
    owner: undefined,
  };
  return {
    initializer,
    dataDirectory,
    async foundStore() {
      const store = initializer.committed.get(dataDirectory);
      if (store === undefined) return undefined;
      const { snapshotId, index, term, configurationIndex, voter } = store.seed;
      const stableValues = new Map(
        [...(store.stableValues ?? [])].map(([key, value]) => [key, Buffer.from(value)] as const),
      );
      const found = { snapshotId, index, term, currentTerm: term, configurationIndex, voters: [voter], stableValues };
      return {
        ...found,
        snapshot: store.snapshot,
        entries: store.entry === undefined ? [] : [foundEntry(store.entry)],
      };
    },
    hasLeftovers: async () => initializer.unfinished.size > 0,
    async plantStore() {
      initializer.committed.set(dataDirectory, { seed, snapshot: new Uint8Array(0), first: undefined });
    },
    async plantLeftover() {
      initializer.unfinished.add(dataDirectory);
    },
    failAfterMove: () => initializer.failAfterMove(),
    refuseRemovals: () => initializer.refuseRemovals(),
    close: async () => undefined,
  };
};

for (const contract of [raftStoreInitializerContract, raftStoreSealingContract, raftStoreUndoingContract]) {
  contract('files on disk', openFiles);
  contract('in memory', openMemory);
}

/** The real file system, which can be broken in two ways. */
function breakable(dataDirectory: string) {
  const fileSystem = createNodeFileSystem();
  const raft = join(dataDirectory, 'raft');
  let [moving, removing] = [true, true];
  const refuse = (path: string) => {
    throw Object.assign(new Error('EIO'), { code: 'EIO', path });
  };
  return {
    fileSystem: {
      ...fileSystem,
      rename: (from: string, to: string) => (moving || from !== raft ? fileSystem.rename(from, to) : refuse(from)),
      syncDirectory: (path: string) =>
        moving || path !== dataDirectory ? fileSystem.syncDirectory(path) : refuse(path),
      removeFile: async (path: string) => (removing ? fileSystem.removeFile(path) : refuse(path)),
      removeDirectory: async (path: string) => (removing ? fileSystem.removeDirectory(path) : refuse(path)),
    } satisfies FileSystem,
    failAfterMove() {
      moving = false;
    },
    refuseRemovals() {
      removing = false;
    },
  };
}

function foundEntry({ index, term, data, extensions }: LogContent): FoundEntry {
  return { index, term, data: Buffer.from(data), extensions: Buffer.from(extensions) };
}

async function findStore(dataDirectory: string): Promise<FoundStore | undefined> {
  const files = createNodeFileSystem();
  const raft = join(dataDirectory, 'raft');
  const meta = (await listSnapshots(files, raft))[0];
  if (meta === undefined) return undefined;
  const log = await readLogStore(files, join(raft, 'log.db'));
  const entries: FoundStore['entries'][number][] = [];
  for await (const { bytes } of log.entries(0n)) {
    entries.push(foundEntry(decodeLogEntry(bytes, damageOf('log.db'))));
  }
  await log.close();
  const bolt = await openBoltFile(files, join(raft, 'log.db'));
  const stableValues = new Map<string, Buffer>();
  for await (const { key, value } of bolt.pairs('conf', new Uint8Array(0))) {
    const name = Buffer.from(key).toString();
    if (name !== 'CurrentTerm') stableValues.set(name, Buffer.from(value));
  }
  await bolt.close();
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await openSnapshot(files, raft, meta.id)).content) chunks.push(chunk);
  return {
    snapshotId: meta.id,
    index: meta.index,
    term: meta.term,
    currentTerm: log.currentTerm,
    configurationIndex: meta.configurationIndex,
    voters: meta.servers.map(({ id, address }) => ({ id, address })),
    snapshot: Buffer.concat(chunks),
    entries,
    stableValues,
  };
}
