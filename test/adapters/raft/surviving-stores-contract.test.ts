import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeFirstCommands } from '../../../src/adapters/contract/command-encoding.js';
import { acquireExclusiveLock } from '../../../src/adapters/filesystem/exclusive-lock.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { openRaftStore } from '../../../src/adapters/raft/raft-store-reader.js';
import { replayStore } from '../../../src/adapters/raft/replayed-store.js';
import { createSurvivingStores } from '../../../src/adapters/raft/surviving-stores.js';
import { collect } from '../../builders/byte-streams.js';
import {
  type FoundRecovery,
  type Harness,
  survivingStoresContract,
} from '../../contracts/surviving-stores.contract.js';
import { createInMemorySurvivingStores } from '../../fakes/in-memory-surviving-stores.js';
import { plantRaftStore } from './planted-store.js';

const openFiles = async (): Promise<Harness> => {
  const files = createNodeFileSystem();
  const root = await mkdtemp(join(tmpdir(), 'jaco-recovery-'));
  const dataDirectory = join(root, 'data');
  await mkdir(dataDirectory);
  return {
    survivors: createSurvivingStores(files, acquireExclusiveLock, encodeFirstCommands),
    dataDirectory,
    async plant(store, inPlace) {
      const from = inPlace === true ? dataDirectory : await mkdtemp(join(root, 'left-'));
      await plantRaftStore(join(from, 'raft'), store);
      return from;
    },
    async fingerprint() {
      const hash = createHash('sha256');
      for (const left of (await readdir(root)).filter((name) => name.startsWith('left-')).sort()) {
        const entries = await readdir(join(root, left), { recursive: true, withFileTypes: true });
        for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
          hash.update(entry.name);
          if (entry.isFile()) hash.update(await readFile(join(entry.parentPath, entry.name)));
        }
      }
      return hash.digest('hex');
    },
    found: () => findRecovery(dataDirectory),
    hasLeftovers: async () => (await readdir(dataDirectory)).some((name) => name !== 'raft'),
    close: () => rm(root, { recursive: true, force: true }),
  };
};

async function findRecovery(dataDirectory: string): Promise<FoundRecovery | undefined> {
  if ((await readdir(dataDirectory)).every((name) => name !== 'raft')) return undefined;
  const store = await openRaftStore(createNodeFileSystem(), join(dataDirectory, 'raft'));
  const states: Uint8Array[] = [];
  const entries: { index: bigint; term: bigint; type: string }[] = [];
  const machine = () => ({
    restore: async (content: AsyncIterable<Uint8Array>) => void states.push(await collect(content)),
    apply: () => undefined,
  });
  const replayed = await replayStore(store, machine, (_, { index, term, type }) => entries.push({ index, term, type }));
  await store.close();
  return {
    currentTerm: store.currentTerm,
    snapshotIndex: replayed.snapshot?.index,
    state: states[0],
    entries,
    members: replayed.servers.map(({ id, address, suffrage }) => ({ id, address, suffrage })),
  };
}

const openMemory = async (): Promise<Harness> => {
  const survivors = createInMemorySurvivingStores();
  const dataDirectory = '/var/lib/jaco';
  let planted = 0;
  return {
    survivors,
    dataDirectory,
    async plant(store, inPlace) {
      planted += 1;
      const from = inPlace === true ? dataDirectory : `/left-${planted}`;
      survivors.planted.set(`${from}/raft`, store);
      return from;
    },
    fingerprint: async () => String([...survivors.planted.values()].map((store) => store.currentTerm)),
    async found() {
      const recovered = survivors.committed.get(dataDirectory);
      if (recovered === undefined) return undefined;
      const { seed, planted: store } = recovered;
      const first = (store.snapshot?.index ?? 0n) + 1n;
      return {
        currentTerm: seed.term,
        snapshotIndex: store.snapshot?.index,
        state: store.snapshot?.state,
        entries: [
          ...store.entries
            .map(({ term, command }, position) => ({
              index: first + BigInt(position),
              term,
              type: command === undefined ? 'noop' : 'command',
            }))
            .filter(({ index }) => index < seed.index),
          { index: seed.index, term: seed.term, type: 'configuration' },
          { index: seed.index + 1n, term: seed.term, type: 'command' },
        ],
        members: [{ ...seed.voter, suffrage: 'voter' }],
      };
    },
    hasLeftovers: async () => survivors.unfinished.size > 0,
    close: async () => undefined,
  };
};

survivingStoresContract('files on disk', openFiles);
survivingStoresContract('in memory', openMemory);
