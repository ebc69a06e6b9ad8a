import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { encodeLogEntry } from '../../src/adapters/raft/log-entry.js';
import { encodeLogStore } from '../../src/adapters/raft/log-store.js';
import { type Engine, engineSuite } from './engine.js';
import { protoDirectory } from './engine-program.js';
import { restoreAs } from './jaco-program.js';
import { ourReading } from './our-reading.js';

await engineSuite('the log.db that a restore seeds', (test, engine) => {
  test("passes bbolt's own consistency check", async () => {
    engine.tool(['check-bolt', await seededLog(engine, '7')]);
  });

  for (const [flags, index, lastLogTerm, what] of [
    [[], 43n, 7n, 'one entry behind the snapshot, of its term'],
    [['--bare'], 0n, 0n, 'no entries where the bare state was asked for'],
  ] as const) {
    test(`opens in raft-boltdb with the seeded term, no vote and ${what}`, async () => {
      const { logDigest: _, snapshots: __, ...seen } = engine.describe(join(await seededLog(engine, '7', flags), '..'));
      assert.equal(seen, {
        currentTerm: 7n,
        lastVoteTerm: null,
        lastVoteCand: '',
        firstIndex: index,
        lastIndex: index,
        lastLogTerm,
        entries: flags.length === 0 ? 1 : 0,
      });
    });
  }

  for (const term of ['1', '9007199254740993', '9223372036854775808']) {
    test(`stays valid over 10,000 writes of raft-boltdb, seeded with term ${term}`, async () => {
      const path = await seededLog(engine, term);
      engine.tool(['hammer-bolt', '--count', '10000', path]);
      engine.tool(['check-bolt', path]);
    });
  }

  for (const [count, sizeBytes] of [
    [0, 0],
    [1, 10],
    [100, 5000],
    [20_000, 20],
    [3, 1_000_000],
  ] as const) {
    test(`written with ${count} entries of ${sizeBytes} bytes, it passes the check and the engine reads them`, async () => {
      mkdirSync(engine.path('raft'));
      const path = engine.path('raft/log.db');
      const lastVote = { term: 6n, candidate: '10.0.0.7:7001' };
      writeFileSync(path, encodeLogStore({ currentTerm: 7n, lastVote, entries: entriesOf(count, sizeBytes) }));
      const seen = engine.describe(engine.path('raft'));
      assert.is(seen.entries, count);
      assert.is(seen.lastLogTerm, count === 0 ? 0n : 5n);
      assert.is(seen.lastVoteCand, lastVote.candidate);
      assert.is(seen.lastVoteTerm, lastVote.term);
      assert.equal(await ourReading(engine.path('raft')), seen);
      engine.tool(['hammer-bolt', '--count', '1000', path]);
    });
  }
});

/** Commands from index 1 on, with the bytes that `hammer-bolt` expects for their length. */
function entriesOf(count: number, sizeBytes: number) {
  const extensions = new Uint8Array(0);
  const at = 1_700_000_000_123_456_789n;
  return Array.from({ length: count }, (_, position) => {
    const index = BigInt(position + 1);
    const data = Buffer.alloc(sizeBytes, position);
    const entry = { index, term: 5n, type: 'command', data, extensions, appendedAtNanoseconds: at } as const;
    return { index, bytes: encodeLogEntry(entry) };
  });
}

async function seededLog(engine: Engine, term: string, flags: readonly string[] = []): Promise<string> {
  const archive = engine.path('archive.tar.gz');
  engine.tool(['make-archive', '--proto-dir', protoDirectory, '--out', archive, '--index', '42', '--term', term]);
  const { dataDirectory } = await restoreAs(engine, archive, 'seeded', { flags });
  return join(dataDirectory, 'raft/log.db');
}
