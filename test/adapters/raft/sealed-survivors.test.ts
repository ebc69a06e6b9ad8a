import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeFirstCommands } from '../../../src/adapters/contract/command-encoding.js';
import { acquireExclusiveLock } from '../../../src/adapters/filesystem/exclusive-lock.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { readLogStore } from '../../../src/adapters/raft/log-store.js';
import { createSurvivingStores } from '../../../src/adapters/raft/surviving-stores.js';
import { createStoreAccess } from '../../../src/adapters/seal/store-access.js';
import { isJacoError } from '../../../src/domain/errors.js';
import { collectStoreFindings } from '../../../src/domain/recovery/store-findings.js';
import type { SurvivingStore } from '../../../src/ports/surviving-stores.js';
import { sampleCommands } from '../../builders/first-commands.js';
import { keyringOf, type RingName, sealedFixture } from '../../builders/keyrings.js';
import { openSealedStore } from '../../builders/sealed-store.js';
import { withTemporaryDirectory } from '../filesystem/temporary-directory.js';
import { never } from './store-seed.js';

/** Opens what a newer daemon has left, copied to `directory`, with a ring or without. */
async function survivor(directory: string, ring: RingName | undefined): Promise<SurvivingStore> {
  const files = createNodeFileSystem();
  await cp(sealedFixture('node-1'), join(directory, 'left'), { recursive: true });
  const load = ring === undefined ? undefined : async () => createStoreAccess(keyringOf(ring));
  return createSurvivingStores(files, acquireExclusiveLock, encodeFirstCommands, load).open(join(directory, 'left'));
}

/** How every sealed thing begins. */
const envelope = 'JACOENC\x01';

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing',
    (error: unknown) => (isJacoError(error) ? error.code : String(error)),
  );

test('recovers a sealed store into one that a newer daemon with the same ring boots, and leaves its format key', () =>
  withTemporaryDirectory(async (directory) => {
    const store = await survivor(directory, 'ring-1');
    assert.equal([store.records.sealed, store.isReadable], [true, true]);
    const survey = await store.survey(collectStoreFindings, never);
    assert.equal([survey.lastIndex, survey.lastTerm, survey.lost], [16n, 2n, undefined]);
    assert.is(survey.visitor.clusterId(), '3f0c2a52-7d1e-4c57-9a57-2b6f1d0c9e11');
    assert.equal(survey.visitor.kinds(), [{ kind: 'audit event', count: 1 }]);
    const dataDirectory = join(directory, 'data');
    await mkdir(dataDirectory);
    const voter = { id: 'node-9', address: '10.0.0.9:7001' };
    const seed = { dataDirectory, owner: undefined, voter, index: 17n, term: 2n, keptAs: undefined };
    await (await store.stage(seed, sampleCommands(), never)).commit();
    await store.close();
    const [was, is] = [
      await openSealedStore(sealedFixture('node-1/raft'), 'ring-1'),
      await openSealedStore(join(dataDirectory, 'raft'), 'ring-1'),
    ];
    assert.ok(is.state.equals(was.state));
    const after = was.commands.slice(-1);
    assert.equal(is.commands.slice(0, -1), after);
    assert.ok(is.commands.at(-1)?.equals(await encodeFirstCommands(sampleCommands())));
  }));

for (const [title, damage] of [
  ['is gone', (log: string) => rm(log)],
  ['is something else', (log: string) => writeFile(log, 'text')],
] as const) {
  test(`recovers the snapshot of a sealed store whose log.db ${title}, for the ring that opens it`, () =>
    withTemporaryDirectory(async (directory) => {
      await (await survivor(directory, undefined)).close();
      await damage(join(directory, 'left/raft/log.db'));
      const open = (ring: RingName | undefined) =>
        createSurvivingStores(
          createNodeFileSystem(),
          acquireExclusiveLock,
          encodeFirstCommands,
          ring === undefined ? undefined : async () => createStoreAccess(keyringOf(ring)),
        ).open(join(directory, 'left'));
      const unopened = await open(undefined);
      assert.equal([unopened.records.sealed, unopened.isReadable], [true, false]);
      await unopened.close();
      const store = await open('ring-1');
      const survey = await store.survey(collectStoreFindings, never);
      assert.equal([survey.lastIndex, survey.lost?.from, survey.lost?.to], [15n, 16n, undefined]);
      assert.is(survey.visitor.clusterId(), '3f0c2a52-7d1e-4c57-9a57-2b6f1d0c9e11');
      const dataDirectory = join(directory, 'data');
      await mkdir(dataDirectory);
      const voter = { id: 'node-9', address: '10.0.0.9:7001' };
      const seed = { dataDirectory, owner: undefined, voter, index: 16n, term: 2n, keptAs: undefined };
      await (await store.stage(seed, sampleCommands(), never)).commit();
      await store.close();
      const { state, commands } = await openSealedStore(join(dataDirectory, 'raft'), 'ring-1');
      assert.ok(state.equals((await openSealedStore(sealedFixture('node-1/raft'), 'ring-1')).state));
      assert.is(commands.length, 1);
    }));
}

test('finds a sealed store without its ring, and does not look into it', () =>
  withTemporaryDirectory(async (directory) => {
    const store = await survivor(directory, undefined);
    assert.equal([store.records.sealed, store.isReadable], [true, false]);
    assert.is(await codeOf(store.survey(collectStoreFindings, never)), 'schema_unsupported');
    await store.close();
  }));

test('refuses a store under another ring', () =>
  withTemporaryDirectory(async (directory) => {
    assert.is(await codeOf(survivor(directory, 'other-ring')), 'keyring_mismatch');
    // It holds the key, but the proof is of another ring.
    await rm(join(directory, 'left'), { recursive: true });
    assert.is(await codeOf(survivor(directory, 'ring-2')), 'keyring_mismatch');
  }));

test('counts a sealed entry whose content was changed as lost', () =>
  withTemporaryDirectory(async (directory) => {
    await (await survivor(directory, undefined)).close();
    const path = join(directory, 'left/raft/log.db');
    const bytes = await readFile(path);
    const log = await readLogStore(createNodeFileSystem(), path);
    const [format = new Uint8Array(0)] = log.stableValues.values();
    await log.close();
    for (let at = bytes.indexOf(envelope); at >= 0; at = bytes.indexOf(envelope, at + 1)) {
      if (!bytes.subarray(at, at + format.length).equals(format)) bytes.fill(0xff, at + 100, at + 103);
    }
    await writeFile(path, bytes);
    const store = await createSurvivingStores(
      createNodeFileSystem(),
      acquireExclusiveLock,
      encodeFirstCommands,
      async () => createStoreAccess(keyringOf('ring-1')),
    ).open(join(directory, 'left'));
    const { lastIndex, lost } = await store.survey(collectStoreFindings, never);
    assert.equal([lastIndex, lost?.from, lost?.to], [15n, 16n, 16n]);
    await store.close();
  }));

test.run();
