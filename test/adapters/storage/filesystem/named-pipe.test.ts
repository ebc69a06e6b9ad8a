import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openPipedBackup } from '../../../../src/adapters/storage/filesystem/named-pipe.js';
import { collect } from '../../../builders/byte-streams.js';
import { codeOf } from '../../../builders/outcome.js';
import { withTemporaryDirectory } from '../../filesystem/temporary-directory.js';

const test = suite('a backup in a pipe that has a path');
const never = new AbortController().signal;

/** Runs `work` with the path of a pipe without a writer. */
const withPipe = (work: (path: string) => Promise<void>) =>
  withTemporaryDirectory(async (directory) => {
    execFileSync('mkfifo', [`${directory}/pipe`]);
    await work(`${directory}/pipe`);
  });

test('is read once, from a writer that comes later, and its size reported', () =>
  withPipe(async (path) => {
    const opened = await openPipedBackup(path, never, {});
    assert.ok(opened);
    assert.is(opened.rereadable, false);
    const reading = collect(opened.read());
    await writeFile(path, 'whole');
    assert.is((await reading).toString(), 'whole');
    assert.equal(opened.facts(), { sizeBytes: 5, sha256: undefined });
    await opened.close();
    await opened.close();
  }));

test('is waited for until the signal fires', () =>
  withPipe(async (path) => {
    const interruption = new AbortController();
    const opened = await openPipedBackup(path, interruption.signal, {});
    assert.ok(opened);
    const reading = codeOf(collect(opened.read()));
    interruption.abort();
    assert.is(await reading, 'interrupted');
    await opened.close();
  }));

test('is not opened if the path is missing or something else', () =>
  withTemporaryDirectory(async (directory) => {
    await writeFile(`${directory}/file`, 'content');
    for (const name of ['file', 'absent', '.']) {
      assert.is(await openPipedBackup(`${directory}/${name}`, never, {}), undefined);
    }
  }));

test.run();
