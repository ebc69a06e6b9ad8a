import { suite, type Test } from 'uvu';
import * as assert from 'uvu/assert';
import { jacoSucceeds } from '../cli/jaco-process.js';
import { startSandbox } from '../cli/running-sandbox.js';
import { sharedScratchFor } from '../cli/scratch-directory.js';
import { skipCases } from '../skipping.js';
import { type DirectoryReader, logOf, logReaders, snapshotOf, snapshotReaders } from './directory-readers.js';
import type { RaftDirectory } from './engine-replies.js';
import { ourReading } from './our-reading.js';
import { readerTable } from './reader-table.js';
import { type Change, changedCopies, greatIndex, logChanges, snapshotChanges } from './restored-directory-forms.js';

const test = suite('restored directories in the hands of other readers');
const scratch = sharedScratchFor(test);

/** A data directory that a restore of the sandbox's archive left, and one in which the sandbox has lived afterwards. */
async function restoredDirectories(): Promise<{ readonly restored: string; readonly livedIn: string }> {
  const archive = scratch.path('archive.tar.gz');
  const backUp = (socket: string) => jacoSucceeds(['backup', '--socket', socket, '--output', archive]);
  const first = await startSandbox(scratch.path('cluster'));
  await backUp(first.socket);
  await first.stop();
  for (const name of ['restored', 'lived-in']) {
    await jacoSucceeds(['restore', '--input', archive, '--name', 'node-9', '--data-dir', scratch.path(name)]);
  }
  const second = await startSandbox(scratch.path('lived-in'));
  for (let round = 0; round < 3; round += 1) await backUp(second.socket);
  await second.stop();
  return { restored: scratch.path('restored', 'raft'), livedIn: scratch.path('lived-in', 'raft') };
}

const { restored, livedIn } = await restoredDirectories();

await defineTests(test, 'log.db', logReaders, logChanges, logOf);
await defineTests(test, 'snapshot', snapshotReaders, snapshotChanges, snapshotOf);

/** For each reader: it treats each form as its column says; readers of logs read a longer one as we do. */
async function defineTests(
  to: Test,
  file: string,
  readers: readonly DirectoryReader[],
  changes: Readonly<Record<string, Change>>,
  tell: (directory: RaftDirectory) => string | undefined,
): Promise<void> {
  const table = readerTable(file);
  const copies = changedCopies(restored, changes, (position) => scratch.path(`${file}-${position}`));
  const content = tell(await ourReading(restored));
  const withGreatIndex = content?.replace(/(?<=^\S+-\S+ )\d+/, String(greatIndex));
  to(`the table for ${file} has these forms and these readers`, () => {
    assert.equal(table.things, Object.keys(changes));
    assert.equal(
      table.readers,
      readers.map(({ name }) => name),
    );
  });
  for (const reader of readers) {
    const ready = await reader.prepare();
    if ('missing' in ready) {
      skipCases(`what ${reader.name} makes of ${file}: ${ready.missing}`);
      continue;
    }
    to(`${reader.name} makes of each form of ${file} what the table says`, async () => {
      const found = (await ready.read(copies)).map((line) => {
        if (line === undefined) return 'refuses';
        return line === content || line === withGreatIndex ? 'reads' : 'reads something else';
      });
      assert.equal(found, table.column(reader.name));
    });
    if (file === 'log.db') {
      to(`${reader.name} reads the log of a directory in which the sandbox has lived`, async () => {
        assert.equal(await ready.read([livedIn]), [logOf(await ourReading(livedIn))]);
      });
    }
  }
}

test.run();
