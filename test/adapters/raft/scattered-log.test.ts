import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeFirstCommands } from '../../../src/adapters/contract/command-encoding.js';
import { acquireExclusiveLock } from '../../../src/adapters/filesystem/exclusive-lock.js';
import type { FileSystem } from '../../../src/adapters/filesystem/file-system.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { encodeLogEntry } from '../../../src/adapters/raft/log-entry.js';
import { encodeLogStore, readLogStore } from '../../../src/adapters/raft/log-store.js';
import { encodeRaftConfiguration } from '../../../src/adapters/raft/raft-configuration.js';
import { createSurvivingStores } from '../../../src/adapters/raft/surviving-stores.js';
import { collectStoreFindings } from '../../../src/domain/recovery/store-findings.js';
import { commandOf } from '../../builders/commands.js';
import { sampleCommands } from '../../builders/first-commands.js';
import { withTemporaryDirectory } from '../filesystem/temporary-directory.js';
import { fileSystemOf } from './bolt-images.js';
import { scattered } from './scattered-image.js';
import { never } from './store-seed.js';

const test = suite('a log whose pages lie about in its file');

/** Most entries lie on pages with others, some on several pages, and two are longer than what is read at once. */
const textBytes = (position: number): number => {
  if (position % 600 === 300) return 1_300_000;
  return position % 20 === 7 ? 50_000 : 4_500;
};
const content = (position: number) => ({
  type: 'command' as const,
  data: commandOf({ auditAppend: { event: { type: 1, payload: { [position]: 'x'.repeat(textBytes(position)) } } } }),
});
const configuration = encodeRaftConfiguration([{ id: 'node-1', address: '10.0.0.1:7001', suffrage: 'voter' }]);
/** More of them than what is kept in memory. */
const entries = Array.from({ length: 1_500 }, (_, position) => {
  const index = BigInt(position + 1);
  const said = position === 0 ? { type: 'configuration' as const, data: configuration } : content(position);
  const extensions = new Uint8Array(0);
  return { index, bytes: encodeLogEntry({ index, term: 2n, ...said, extensions, appendedAtNanoseconds: 1n }) };
});
const image = encodeLogStore({ currentTerm: 7n, entries });

function requireEntry(index: bigint, bytes: Uint8Array, position: number): void {
  assert.is(index, BigInt(position + 1));
  assert.ok(Buffer.from(entries[position]?.bytes ?? []).equals(bytes), `entry ${index} is another`);
}

for (const seed of [1, 2]) {
  test(`stays whole until the next pages are asked for, in order ${seed}`, async () => {
    const store = await readLogStore(fileSystemOf(scattered(image, seed)), 'log.db');
    let read = 0;
    let mostAtOnce = 0;
    for await (const pages of store.pages(0n)) {
      mostAtOnce = Math.max(mostAtOnce, pages.length);
      // What is read ahead comes meanwhile.
      await setTimeout(0);
      for (const page of pages) {
        for (let position = 0; position < page.count; position += 1, read += 1) {
          const { index, bytes } = page.entryAt(position);
          requireEntry(index, bytes, read);
        }
      }
    }
    await store.close();
    assert.is(read, entries.length);
    assert.ok(mostAtOnce > 1, 'no two pages came at once');
  });
}

/** Takes what is written only after a while, as a slow disk does. */
function slowFiles(): FileSystem {
  const files = createNodeFileSystem();
  return {
    ...files,
    async createFile(path, mode) {
      const file = await files.createFile(path, mode);
      return {
        ...file,
        async write(bytes) {
          await setTimeout(20);
          await file.write(bytes);
        },
      };
    },
  };
}

test('is recovered entry for entry, however slow the disk', () =>
  withTemporaryDirectory(async (directory) => {
    const [raft, dataDirectory] = [join(directory, 'left/raft'), join(directory, 'data')];
    await mkdir(raft, { recursive: true });
    await mkdir(dataDirectory);
    await writeFile(join(raft, 'log.db'), scattered(image, 3));
    const survivor = await createSurvivingStores(slowFiles(), acquireExclusiveLock, encodeFirstCommands).open(raft);
    const { lastIndex, lost } = await survivor.survey(collectStoreFindings, never);
    assert.equal([lastIndex, lost], [BigInt(entries.length), undefined]);
    const voter = { id: 'node-9', address: '10.0.0.9:7001' };
    const seed = { dataDirectory, owner: undefined, voter, index: lastIndex + 1n, term: 7n, keptAs: undefined };
    await (await survivor.stage(seed, sampleCommands(), never)).commit();
    await survivor.close();
    const recovered = await readLogStore(createNodeFileSystem(), join(dataDirectory, 'raft/log.db'));
    let read = 0;
    for await (const { index, bytes } of recovered.entries(0n)) {
      if (read < entries.length) requireEntry(index, bytes, read);
      read += 1;
    }
    await recovered.close();
    assert.is(read, entries.length + 2);
  }));

test.run();
