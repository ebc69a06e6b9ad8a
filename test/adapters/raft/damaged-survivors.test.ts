import { mkdir, open, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeFirstCommands } from '../../../src/adapters/contract/command-encoding.js';
import { acquireExclusiveLock } from '../../../src/adapters/filesystem/exclusive-lock.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { writeSnapshot } from '../../../src/adapters/raft/snapshot-writer.js';
import { createSurvivingStores } from '../../../src/adapters/raft/surviving-stores.js';
import { collectStoreFindings, type StoreFindings } from '../../../src/domain/recovery/store-findings.js';
import type { StoreSurvey } from '../../../src/ports/surviving-stores.js';
import { streamOf } from '../../builders/byte-streams.js';
import { clusterInit, commandOf } from '../../builders/commands.js';
import { codeOf } from '../../builders/outcome.js';
import { snapshotOf } from '../../builders/snapshot-bytes.js';
import type { PlantedStore } from '../../fakes/in-memory-surviving-stores.js';
import { withTemporaryDirectory } from '../filesystem/temporary-directory.js';
import { plantRaftStore } from './planted-store.js';

const test = suite('surviving stores that are damaged');
const never = new AbortController().signal;
const files = createNodeFileSystem();
const members = [{ id: 'node-1', address: '10.0.0.1:7001', suffrage: 'voter' as const }];
const event = (number: number) => commandOf({ auditAppend: { event: { type: 1, payload: { number: `${number}` } } } });
const events = (count: number) =>
  Array.from({ length: count }, (_, number) => ({ term: 7n, command: event(number), appendedAtMs: 1_795_600_000_000 }));

const grown: PlantedStore = {
  currentTerm: 9n,
  snapshot: { id: '7-1000-1795539891344', index: 1000n, term: 7n, state: snapshotOf('c-1', 5000) },
  entries: events(2_000),
  members,
};
const young: PlantedStore = {
  currentTerm: 9n,
  entries: [{ term: 1n }, { term: 2n, command: clusterInit('c-1') }, ...events(2_000)],
  members,
};
const newest = 'snapshots/7-1000-1795539891344';

/** The survey of a store, once `damage` was done to its raft directory. */
function surveyed(store: PlantedStore, damage: (raft: string) => Promise<void>): Promise<StoreSurvey<StoreFindings>> {
  return withTemporaryDirectory(async (directory) => {
    const raft = join(directory, 'raft');
    await plantRaftStore(raft, store);
    await damage(raft);
    const survivor = await createSurvivingStores(files, acquireExclusiveLock, encodeFirstCommands).open(directory);
    try {
      return await survivor.survey(collectStoreFindings, never);
    } finally {
      await survivor.close();
    }
  });
}

/** Overwrites the page that holds so much of log.db's length. */
async function damagePage(raft: string, share: number): Promise<void> {
  const handle = await open(join(raft, 'log.db'), 'r+');
  const pages = Math.floor((await handle.stat()).size / 4096);
  await handle.write(Buffer.alloc(4096, 0xa5), 0, 4096, Math.floor(pages * share) * 4096);
  await handle.close();
}

test('lose nothing with free pages at the end', async () => {
  const survey = await surveyed(grown, async (raft) => {
    await writeFile(join(raft, 'log.db'), Buffer.alloc(8192), { flag: 'a' });
  });
  assert.is(survey.lost, undefined);
  assert.equal(survey.faults, []);
  assert.is(survey.lastIndex, 3000n);
});

test('keep every entry before a damaged page, and tell what is on it and behind it', async () => {
  const survey = await surveyed(grown, (raft) => damagePage(raft, 0.5));
  const { lost, lastIndex } = survey;
  assert.ok(lastIndex > 1500n && lastIndex < 2500n, String(lastIndex));
  assert.is(lost?.from, lastIndex + 1n);
  assert.is(lost?.to, 3000n);
  assert.match(lost?.reason ?? '', /log\.db is damaged: page \d+/);
  const [counted] = lost?.visitor.kinds() ?? [];
  assert.is(counted?.kind, 'audit event');
  assert.ok((counted?.count ?? 0) > 900 && (counted?.count ?? 0) < Number(3000n - lastIndex));
  assert.is(survey.currentTerm, 9n);
});

test('are read as far as they go where log.db is cut short', async () => {
  const survey = await surveyed(grown, (raft) => truncate(join(raft, 'log.db'), 40_960));
  assert.match(survey.faults.join(), /it is cut short/);
  assert.is(survey.lost?.from, survey.lastIndex + 1n);
  assert.is(survey.snapshot?.index, 1000n);
});

for (const [title, damage, reason] of [
  ['log.db is gone', (raft: string) => rm(join(raft, 'log.db')), /log\.db is damaged: it is not there/],
  ['log.db is something else', (raft: string) => writeFile(join(raft, 'log.db'), 'text'), /neither of its meta pages/],
] as const) {
  test(`come down to the snapshot where ${title}, and say that the rest cannot be told`, async () => {
    const { lost, lastIndex, lastTerm, currentTerm } = await surveyed(grown, damage);
    assert.equal([lastIndex, lastTerm, currentTerm], [1000n, 7n, 0n]);
    assert.match(lost?.reason ?? '', reason);
    assert.equal([lost?.from, lost?.to], [1001n, undefined]);
  });
}

test('reach the end with an older snapshot and the log where the newest snapshot is damaged', async () => {
  const older = { id: '6-900-1795539891000', index: 900n, term: 6n, state: snapshotOf('c-1', 100) };
  const survey = await surveyed({ ...grown, snapshot: older, entries: events(2_100) }, async (raft) => {
    const description = { id: '7-1000-1', index: 1000n, term: 7n, servers: members, configurationIndex: 1n };
    await writeSnapshot(files, raft, description, streamOf('state'), undefined);
    await writeFile(join(raft, 'snapshots/7-1000-1/state.bin'), 'stat!');
  });
  assert.equal([survey.snapshot?.index, survey.lastIndex, survey.lost], [900n, 3000n, undefined]);
  assert.match(survey.faults.join(), /7-1000-1\/state\.bin is damaged/);
});

test('lose what lies between an older snapshot and a log that begins later', async () => {
  const survey = await surveyed(grown, async (raft) => {
    const description = { id: '6-900-1', index: 900n, term: 6n, servers: members, configurationIndex: 1n };
    await writeSnapshot(files, raft, description, streamOf(snapshotOf('c-1')), undefined);
    await rm(join(raft, newest, 'state.bin'));
  });
  assert.equal([survey.snapshot?.index, survey.lastIndex], [900n, 900n]);
  assert.equal([survey.lost?.from, survey.lost?.to], [901n, 3000n]);
  assert.equal(survey.lost?.visitor.kinds(), [{ kind: 'audit event', count: 2000 }]);
  assert.match(survey.lost?.reason ?? '', /7-1000-1795539891344.*state\.bin.* An older snapshot cannot take its place/);
});

for (const [title, file, content] of [
  ['its state is gone', 'state.bin', undefined],
  ['its meta.json is gone', 'meta.json', undefined],
  ['its meta.json is cut short', 'meta.json', '{"Version":'],
] as const) {
  for (const [left, store, lastIndex] of [
    ['an older snapshot without a log', { ...grown, entries: [] }, 1000n],
    ['a log that ends before it', young, 2002n],
  ] as const) {
    test(`lose what a newer snapshot held of which ${title}, where all else is ${left}`, async () => {
      const { lost, ...survey } = await surveyed(store, async (raft) => {
        const description = { id: '8-5000-1', index: 5000n, term: 8n, servers: members, configurationIndex: 1n };
        await writeSnapshot(files, raft, description, streamOf(snapshotOf('c-1')), undefined);
        await rm(join(raft, 'snapshots/8-5000-1', file));
        if (content !== undefined) await writeFile(join(raft, 'snapshots/8-5000-1', file), content);
      });
      assert.equal([survey.lastIndex, lost?.from, lost?.to], [lastIndex, lastIndex + 1n, 5000n]);
      assert.match(lost?.reason ?? '', new RegExp(`8-5000-1/${file} is damaged: it is missing`));
    });
  }
}

test('lose all where the only snapshot has no meta.json and the log is empty', async () => {
  const survey = await surveyed({ ...grown, entries: [] }, (raft) => rm(join(raft, newest, 'meta.json')));
  assert.equal([survey.lastIndex, survey.lost?.from, survey.lost?.to], [0n, 1n, 1000n]);
});

test('lose nothing to a directory among the snapshots that is none', async () => {
  const survey = await surveyed(grown, (raft) => mkdir(join(raft, 'snapshots/lost+found')).then(() => undefined));
  assert.is(survey.lost, undefined);
});

test('need no snapshot where the log goes back to the beginning', async () => {
  const survey = await surveyed(young, async (raft) => {
    const description = { id: '2-2-1', index: 2n, term: 2n, servers: members, configurationIndex: 1n };
    await writeSnapshot(files, raft, description, streamOf('state'), undefined);
    await rm(join(raft, 'snapshots/2-2-1/state.bin'));
  });
  assert.equal([survey.snapshot, survey.lastIndex, survey.lost], [undefined, 2002n, undefined]);
  assert.is(survey.visitor.clusterId(), 'c-1');
});

test('are refused where no snapshot can be read and the log begins later', async () => {
  const pending = surveyed(grown, (raft) => rm(join(raft, newest, 'state.bin')));
  assert.is(await codeOf(pending), 'store_damaged');
});

test.run();
