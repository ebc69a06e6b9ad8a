import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createStreamingArchiveVerifier } from '../../src/adapters/archive/streaming-archive-verifier.js';
import { acquireExclusiveLock } from '../../src/adapters/filesystem/exclusive-lock.js';
import { createNodeFileSystem } from '../../src/adapters/filesystem/node-file-system.js';
import { createArchiveFileWriter } from '../../src/adapters/storage/filesystem/archive-file-writer.js';
import { takeBackup } from '../../src/domain/backup/take-backup.js';
import { fileAt } from '../builders/locations.js';
import { anyBackup, anyChunking, cut } from './any-backup.js';
import { anyHostileArchive } from './any-hostile-archive.js';
import { openTrialGround, requireAgreement } from './archive-trial.js';

const test = suite('any archive');
const ground = openTrialGround();
test.after(() => ground.close());

/** Takes a backup of a cluster that sends `archive`, as the program does, and returns the file's path. */
async function backUp(archive: AsyncIterable<Uint8Array>): Promise<string> {
  const unasked = () => {
    throw new Error('a backup that succeeds asks nothing');
  };
  const ports = {
    source: { open: () => archive },
    cluster: { status: unasked, audit: unasked },
    verifier: createStreamingArchiveVerifier({ snapshotBytes: 1024 ** 2 }),
    writer: createArchiveFileWriter(createNodeFileSystem(), acquireExclusiveLock),
  };
  const path = join(ground.scratch, 'cluster.tar.gz');
  await takeBackup(ports, fileAt(path), new AbortController().signal);
  return path;
}

test('that a daemon may send survives backup and restore exactly', async () => {
  await fc.assert(
    fc.asyncProperty(anyBackup, anyChunking, async ({ fields, snapshot, archive }, chunking) => {
      const path = await backUp(cut(archive, chunking));
      assert.equal(readFileSync(path), archive);
      const { restored, restoreError } = await ground.tryFile(path, () => cut(archive, chunking));
      assert.is(restoreError?.message, undefined);
      assert.equal(restored, {
        index: fields.snapshot_index,
        term: fields.snapshot_term,
        currentTerm: fields.snapshot_term,
        snapshot,
        marker: `cluster_id=${fields.cluster_id}\nsnapshot_index=${fields.snapshot_index}\ntaken_at=${fields.taken_at}\nimported_at=2026-11-24T17:04:51.344Z\n`,
      });
    }),
    { numRuns: 60 },
  );
});

test('however made is refused, or restored as verified, and leaves nothing else', async () => {
  const outcomes = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(anyHostileArchive, anyChunking, async ({ archive }, chunking) => {
      const trial = await ground.try(archive, cut(archive, chunking));
      requireAgreement(trial);
      const outcome = trial.restoreError?.code ?? 'restored';
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }),
    { numRuns: 300 },
  );
  const told = [...outcomes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([outcome, count]) => `${count} ${outcome}`);
  console.log(`\nNOTE: any archive: 300 hostile archives: ${told.join(', ')}`);
});

test.run();
