import { writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cluster, deployment, writeArchive } from './archive-file.js';
import { nowhere, runJaco } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('a failure where JSON is awaited');
const scratch = scratchFor(test);

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly next_step: string | null;
  readonly facts: Readonly<Record<string, string>>;
  readonly left_behind: readonly unknown[];
}

/** What a program reads of a run that fails. */
async function failure(words: readonly string[]): Promise<Failure> {
  const { code, stdout, stderr } = await runJaco([...words, '-o', 'json']);
  assert.is(code, 1);
  const { error, ...rest } = JSON.parse(stdout) as { error: Failure };
  assert.equal(rest, {});
  assert.is(stderr, `Error: ${error.message}${error.next_step === null ? '' : ` ${error.next_step}`}\n`);
  return error;
}

const restore = ['restore', '--name', 'node-1', '--advertise-addr', '10.0.0.5:7001'];

for (const [command, code, words] of [
  ['cluster status', 'connection_failed', () => ['cluster', 'status', '--socket', nowhere]],
  ['audit', 'connection_failed', () => ['audit', '--socket', nowhere]],
  ['inspect', 'archive_unreadable', () => ['inspect', scratch.path('none')]],
  ['diff', 'archive_unreadable', () => ['diff', scratch.path('none'), scratch.path('none')]],
  ['drill', 'archive_unreadable', () => ['drill', '--input', scratch.path('none')]],
  [
    'restore',
    'archive_unreadable',
    () => [...restore, '--data-dir', scratch.path('d'), '--input', scratch.path('none')],
  ],
  ['restore without --input', 'request_invalid', () => ['restore', '--name', 'node-1']],
  ['restore with an empty flag', 'request_invalid', () => ['restore', '--name', '']],
  ['inspect without an archive', 'request_invalid', () => ['inspect']],
  ['recover with an unknown flag', 'request_invalid', () => ['recover', '--bogus']],
] as const) {
  test(`of jaco ${command} is printed as JSON too, with its code`, async () => {
    assert.is((await failure(words())).code, code);
  });
}

test('carries the facts of the error', async () => {
  const { facts, left_behind } = await failure(['cluster', 'status', '--socket', nowhere]);
  assert.equal(facts, { errno: 'ENOENT' });
  assert.equal(left_behind, []);
});

test('stands once: a document that says no itself is all there is on stdout', async () => {
  const archive = await writeArchive(scratch.path('a.tar.gz'), [cluster(), deployment('web')]);
  writeFileSync(`${scratch.directory('data', 'raft')}/log.db`, '');
  const { code, stdout } = await runJaco([
    ...[...restore, '--data-dir', scratch.path('data'), '--input', archive, '--dry-run', '-o', 'json'],
  ]);
  assert.is(code, 1);
  const document = JSON.parse(stdout);
  assert.is(document.possible, false);
  assert.is(document.error, undefined);
});

test('leaves stdout empty where text is awaited', async () => {
  assert.is((await runJaco(['inspect', scratch.path('none')])).stdout, '');
});

test.run();
