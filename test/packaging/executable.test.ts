import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runJaco } from '../cli/jaco-process.js';
import { installScript } from '../cli/other-jaco.js';
import { sharedScratchFor } from '../cli/scratch-directory.js';
import { carriedNodeFor } from './carried-node.js';
import { executableSucceeds, startExecutable } from './executable-process.js';
import { projectRoot } from './installed-package.js';

const test = suite('the executable for hosts without Node');
const scratch = sharedScratchFor(test);
const script = join(projectRoot, 'scripts/build-executable.mjs');
const build = (...flags: readonly string[]) => execFileSync(process.execPath, [script, ...flags], { encoding: 'utf8' });

const node = await carriedNodeFor('building the executable');
if (node !== undefined) {
  const executable = scratch.path('jaco');
  const here = scratch.directory('here');
  const jaco = (words: string) => executableSucceeds(executable, words, here);

  const told = build('--output', executable);
  console.log(`NOTE: the executable: ${told.trim().replace(/^.*?: /, '')}`);

  test('is reported with its size and its start-up time', () => {
    assert.match(told, /: [\d.]+ MiB, Node 24\.[\d.]+ for \w+, starts in \d+ ms\n$/);
  });

  test('carries the Node that is pinned, whichever Node built it', () => {
    assert.ok(readFileSync(executable).includes(`node.js/v${node.version}`));
  });

  test('comes with the licences of everything inside', () => {
    const licenses = readFileSync(`${executable}.licenses`, 'utf8');
    assert.match(licenses, 'Third-party licences of jaco');
    assert.match(licenses, `The executable contains Node.js ${node.version},`);
    assert.ok(licenses.endsWith(node.license));
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

  test('hands on commands of another jaco, never to itself, and has its own name', () => {
    for (const name of ['jaco', 'jaco-dr']) symlinkSync(executable, join(scratch.directory('links'), name));
    installScript(scratch.directory('other'), 'echo "other: $*"');
    const env = { PATH: [scratch.path('links'), scratch.path('other'), '/usr/bin', '/bin'].join(':') };
    const say = (name: string, words: string) => spawnSync(name, words.split(' '), { env, encoding: 'utf8' }).stdout;
    assert.is(say('jaco', 'node join'), 'other: node join\n');
    assert.is(say('jaco-dr', 'cluster init'), 'other: cluster init\n');
    assert.match(say('jaco-dr', 'help backup'), /^Usage: jaco-dr backup /);
    assert.match(say('jaco', 'help backup'), /^Usage: jaco backup /);
  });

  test('fails as the installed program does', async () => {
    const { code, stderr } = await startExecutable(executable, ['bakcup'], here).ended;
    assert.is(code, 1);
    assert.is(stderr, (await runJaco(['bakcup'])).stderr);
  });
}

/** What the header of an ELF file names as its processor. */
const machines = { x64: 0x3e, arm64: 0xb7 } as const;
const other = process.arch === 'x64' ? 'arm64' : 'x64';

if (node !== undefined && (await carriedNodeFor(`building the executable for ${other}`, other)) !== undefined) {
  test(`is built for ${other} on this machine, too`, () => {
    const executable = scratch.path('foreign');
    const told = build('--arch', other, '--output', executable);
    assert.match(
      told,
      new RegExp(`, Node ${node.version} for ${other}, not started: this machine is ${process.arch}\n$`),
    );
    const bytes = readFileSync(executable);
    assert.is(bytes.readUInt16LE(18), machines[other]);
    assert.ok(bytes.includes(`node.js/v${node.version}`));
    assert.ok(bytes.includes('NODE_SEA_BLOB'));
  });
}

test.run();
