import { mkdir, writeFile } from 'node:fs/promises';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { encodeLogEntry } from '../../../src/adapters/raft/log-entry.js';
import { encodeLogStore } from '../../../src/adapters/raft/log-store.js';
import { encodeRaftConfiguration } from '../../../src/adapters/raft/raft-configuration.js';
import { writeSnapshot } from '../../../src/adapters/raft/snapshot-writer.js';
import { streamOf } from '../../builders/byte-streams.js';
import type { PlantedStore } from '../../fakes/in-memory-surviving-stores.js';

/** Makes a raft directory as a daemon leaves it. Without a snapshot the first entry is the configuration. */
export async function plantRaftStore(raftDirectory: string, store: PlantedStore): Promise<void> {
  const { currentTerm, snapshot, entries, members, sealed = false } = store;
  await mkdir(raftDirectory, { recursive: true });
  const first = (snapshot?.index ?? 0n) + 1n;
  const stored = entries.flatMap(({ term, command, appendedAtMs, missing }, position) => {
    if (missing === true) return [];
    const index = first + BigInt(position);
    const appendedAtNanoseconds = appendedAtMs === undefined ? undefined : BigInt(appendedAtMs) * 1_000_000n;
    const rest = { index, term, extensions: new Uint8Array(0), appendedAtNanoseconds } as const;
    const isFirst = snapshot === undefined && position === 0;
    if (isFirst) {
      return [
        { index, bytes: encodeLogEntry({ ...rest, type: 'configuration', data: encodeRaftConfiguration(members) }) },
      ];
    }
    const type = command === undefined ? 'noop' : 'command';
    return [{ index, bytes: encodeLogEntry({ ...rest, type, data: command ?? new Uint8Array(0) }) }];
  });
  const stableValues = new Map(sealed ? [['jaco:encrypted-state:v1', Buffer.from('sealed')]] : []);
  await writeFile(
    `${raftDirectory}/log.db`,
    encodeLogStore({
      currentTerm,
      lastVote: { term: currentTerm, candidate: '10.0.0.2:7001' },
      stableValues,
      entries: stored,
    }),
  );
  if (snapshot === undefined) return;
  const { id, index, term, state } = snapshot;
  const description = { id, index, term, servers: members, configurationIndex: 1n };
  await writeSnapshot(createNodeFileSystem(), raftDirectory, description, streamOf(state), undefined);
}
