import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runJaco } from '../cli/jaco-process.js';
import { sharedScratchFor } from '../cli/scratch-directory.js';
import { executableSucceeds, startExecutable } from './executable-process.js';
import { projectRoot } from './installed-package.js';

const test = suite('the executable for hosts without Node');
const scratch = sharedScratchFor(test);
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

if (process.platform !== 'linux' || !readFileSync(process.execPath).includes(fuse)) {
  console.log('SKIPPED: building the executable: this Node cannot carry a program');
} else {
  const executable = scratch.path('jaco');
  const here = scratch.directory('here');
  const jaco = (words: string) => executableSucceeds(executable, words, here);

  const script = join(projectRoot, 'scripts/build-executable.mjs');
  const told = execFileSync(process.execPath, [script, '--output', executable], { encoding: 'utf8' });
  console.log(`NOTE: the executable: ${told.trim().replace(/^.*?: /, '')}`);

  test('is told with its size and how long it takes to start', () => {
    assert.match(told, /: [\d.]+ MiB, Node [\d.]+, starts in \d+ ms\n$/);
  });

  test('has the licences of all that is inside beside it', () => {
    const licenses = readFileSync(`${executable}.licenses`, 'utf8');
    for (const words of ['Third-party licences of jaco', 'Node.js is licensed for use']) assert.match(licenses, words);
  });

  test('backs up, drills, restores and comes up again where there is no node', async () => {
    const cluster = startExecutable(executable, ['sandbox', '--data-dir', 'cluster', '--name', 'node-1'], here);
    await cluster.printed('Ready.\n');
    assert.match(await jaco('backup --socket cluster/jaco.sock --output cluster.tar.gz'), /^Wrote \d+ bytes/);
    cluster.stop();
    assert.is((await cluster.ended).code, 0);
    await jaco('inspect cluster.tar.gz');
    await jaco('drill --input cluster.tar.gz');
    await jaco('restore --input cluster.tar.gz --name node-1 --data-dir restored');
    const restored = startExecutable(executable, ['sandbox', '--data-dir', 'restored'], here);
    await restored.printed('Ready.\n');
    const status = await jaco('cluster status --socket restored/jaco.sock -o json');
    const audit = await jaco('audit --socket restored/jaco.sock --type restore_completed');
    restored.stop();
    await restored.ended;
    assert.match(status, /"node-1"/);
    assert.match(audit, /restore_completed/i);
  });

  for (const words of ['--help', 'help restore', 'completion bash', '--version']) {
    test(`answers ${words} as the installed program does`, async () => {
      assert.is(await jaco(words), (await runJaco(words.split(' '))).stdout);
    });
  }

  test('fails as the installed program does', async () => {
    const { code, stderr } = await startExecutable(executable, ['bakcup'], here).ended;
    assert.is(code, 1);
    assert.is(stderr, (await runJaco(['bakcup'])).stderr);
  });
}

test.run();
