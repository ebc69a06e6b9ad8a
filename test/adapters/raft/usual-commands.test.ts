import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { salvageRaftStore } from '../../../src/adapters/raft/raft-store-reader.js';
import { surveyStore } from '../../../src/adapters/raft/store-survey.js';
import { collectStoreFindings } from '../../../src/domain/recovery/store-findings.js';
import { clusterInit, commandOf } from '../../builders/commands.js';
import type { PlantedStore } from '../../fakes/in-memory-surviving-stores.js';
import { withTemporaryDirectory } from '../filesystem/temporary-directory.js';
import { plantRaftStore } from './planted-store.js';

const test = suite('commands of the usual form');
const members = [{ id: 'node-1', address: '10.0.0.1:7001', suffrage: 'voter' as const }];

const command = fc.oneof(
  {
    weight: 20,
    arbitrary: fc
      .nat(20_000)
      .map((length) => commandOf({ auditAppend: { event: { type: 1, payload: { text: 'x'.repeat(length) } } } })),
  },
  {
    weight: 6,
    arbitrary: fc.nat(9).map((number) => commandOf({ nodeJoin: { hostname: `node-${number}`, address: 'n:7001' } })),
  },
  { weight: 2, arbitrary: fc.constant(clusterInit('c-1')) },
  { weight: 1, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constant(Buffer.from('not a command')) },
);
const entry = fc
  .record({
    term: fc.oneof(fc.bigInt(1n, 9n), fc.constant(2n ** 60n)),
    command,
    appendedAtMs: fc.constantFrom(undefined, 1_795_600_000_000, 1_795_600_000_001),
    lot: fc.integer({ min: 0, max: 40 }),
  })
  .map(({ term, command, appendedAtMs, lot }) => ({
    term,
    ...(lot === 0 ? { missing: true as const } : {}),
    ...(command === undefined ? {} : { command }),
    ...(appendedAtMs === undefined ? {} : { appendedAtMs }),
  }));

/** What a survey finds, with the entries of the usual form taken one by one as the others are, or not. */
async function surveyed(raft: string, isPlain: boolean) {
  const { store, fault } = await salvageRaftStore(createNodeFileSystem(), raft);
  const pages: (readonly [first: bigint, from: number, to: number])[] = [];
  const listener = {
    page: (page: { entryAt(position: number): { index: bigint } }, from: number, to: number) =>
      void pages.push([page.entryAt(0).index, from, to]),
    surveyed: () => undefined,
  };
  const salvaged = { store: { ...store, isPlain }, fault };
  const { visitor, lost, ...survey } = await surveyStore(
    salvaged,
    collectStoreFindings,
    listener,
    new AbortController().signal,
  );
  await store.close();
  const { visitor: behind, ...place } = lost ?? {};
  return { ...survey, ...place, pages, kinds: visitor.kinds(), nodes: visitor.nodes(), behind: behind?.kinds() };
}

test('are surveyed as all other entries are', () =>
  fc.assert(
    fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 60 }), (entries) =>
      withTemporaryDirectory(async (directory) => {
        const store: PlantedStore = { currentTerm: 9n, entries: [{ term: 1n }, ...entries], members };
        await plantRaftStore(directory, store);
        assert.equal(await surveyed(directory, true), await surveyed(directory, false));
      }),
    ),
    { numRuns: 150 },
  ));

test.run();
