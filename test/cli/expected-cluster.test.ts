import { existsSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cluster, writeArchive } from './archive-file.js';
import { jacoFails, jacoSucceeds } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('--expect-cluster');
const scratch = scratchFor(test);

const restoring = () => ['--name', 'node-1', '--data-dir', scratch.path('data'), '--no-identity'];

test('refuses to restore, to plan and to drill an archive of another cluster, and writes nothing', async () => {
  const archive = await writeArchive(scratch.path('a.tar.gz'), [cluster()]);
  for (const command of [
    ['restore', ...restoring()],
    ['restore', '--dry-run', ...restoring()],
    ['drill', '--work-dir', scratch.directory('work')],
  ]) {
    const sentence = await jacoFails([...command, '--input', archive, '--expect-cluster', 'c-other']);
    assert.match(sentence, `${archive}: the archive is of cluster c-7f3a, not of the expected c-other.`);
    assert.match(sentence, '--expect-cluster');
  }
  assert.not.ok(existsSync(scratch.path('data')));
  assert.equal(scratch.names('work'), []);
});

test('restores and drills an archive of the expected cluster', async () => {
  const archive = await writeArchive(scratch.path('a.tar.gz'), [cluster()]);
  await jacoSucceeds(['drill', '--input', archive, '--expect-cluster', 'c-7f3a']);
  await jacoSucceeds(['restore', ...restoring(), '--input', archive, '--expect-cluster', 'c-7f3a']);
  assert.ok(existsSync(scratch.path('data/raft/log.db')));
});

test.run();
