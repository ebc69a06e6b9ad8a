import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runJaco } from './jaco-process.js';

const test = suite('documents about archives of each schema');
const fixtures = fileURLToPath(new URL('../../../test/fixtures/', import.meta.url));

/** What differs from run to run, and sentences for people, which may change. */
const masked = (document: string) =>
  document
    .replace(/("age_seconds": )-?\d+/g, '$1"…"')
    .replace(/("(?:message|next_step)": )"(?:[^"\\]|\\.)*"/g, '$1"…"')
    .replace(/"the node \S+ came up/, '"the node … came up');

/** Whether the program prints the recorded output, byte for byte. */
async function isAsRecorded(name: string, code: number, words: readonly string[]): Promise<void> {
  const end = await runJaco([...words, '-o', 'json'], { directory: fixtures });
  assert.is(end.code, code, end.stderr);
  assert.is(masked(end.stdout), readFileSync(`${fixtures}/schemas/${name}.json`, 'utf8'));
}

for (const name of ['plain-odd', 'sealed', 'sealed-bare', 'unknown']) {
  test(`inspect prints for ${name} the same as ever`, () =>
    isAsRecorded(`${name}.inspect`, 1, ['inspect', `schemas/${name}.tar.gz`]));
}

test('inspect tells people what is unknown, and invents nothing', async () => {
  const { stdout } = await runJaco(['inspect', 'schemas/sealed-bare.tar.gz'], { directory: fixtures });
  const lines = stdout.split('\n');
  assert.equal(lines.slice(3, 9), [
    'Schema:    2',
    'Cluster:   not named',
    'Snapshot:  index unknown, term unknown, 14 bytes',
    'Taken:     not said when',
    'Taken by:  jaco without a version',
    'Leader:    not named',
  ]);
});

test('inspect prints for a plain archive the same as ever', () =>
  isAsRecorded('same-state.inspect', 0, ['inspect', 'same-state-1.tar.gz']));

test('diff prints for two plain archives the same as ever', () =>
  isAsRecorded('same-state.diff', 0, ['diff', 'same-state-1.tar.gz', 'same-state-2.tar.gz']));

test('drill prints for a plain archive the same as ever', () =>
  isAsRecorded('same-state.drill', 0, ['drill', '--input', 'same-state-1.tar.gz']));

for (const name of ['plain-odd', 'sealed', 'sealed-bare', 'unknown']) {
  test(`diff, drill and restore tell a program why they refuse ${name}, and nothing else`, async () => {
    const archive = `schemas/${name}.tar.gz`;
    for (const words of [
      ['diff', archive, 'same-state-1.tar.gz'],
      ['drill', '--input', archive],
      ['restore', '--dry-run', '--input', archive, '--name', 'node-1', '--data-dir', '/nonexistent/data'],
    ]) {
      const { code, stdout, stderr } = await runJaco([...words, '-o', 'json'], { directory: fixtures });
      assert.is(code, 1);
      assert.equal(Object.keys(JSON.parse(stdout)), ['error']);
      assert.match(stderr, name === 'plain-odd' ? /snapshot_index 0/ : /has schema [27]/);
    }
  });
}

test.run();
