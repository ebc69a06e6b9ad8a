import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { annotatedDump } from './annotated-dump.js';
import { formatDumps } from './format-dumps.js';
import { formatsPage, withDumps } from './formats-page.js';

/** Compiled tests lie in build/test/formats. */
const projectRoot = new URL('../../..', import.meta.url).pathname;

const test = suite('docs/formats.md');

test('shows what the encoders write today (npm run generate brings it up to date)', async () => {
  const page = readFileSync(join(projectRoot, formatsPage), 'utf8');

  assert.fixture(page, withDumps(page, await formatDumps()));
});

test('would be refused with one byte of a dump changed', async () => {
  const page = readFileSync(join(projectRoot, formatsPage), 'utf8');
  const changed = page.replace('ed da 0c ed', 'ed da 0c ee');

  assert.is.not(changed, page);
  assert.is.not(withDumps(changed, await formatDumps()), changed);
});

test('has a place for each dump', () => {
  assert.throws(() => withDumps('', new Map([['tar', '00']])), /no place for "tar"/);
});

test('leaves no byte of a dump unexplained', () => {
  assert.throws(() => annotatedDump(new Uint8Array(3), [{ sizeBytes: 2, says: 'magic' }]), /2 of 3 bytes/);
});

test('shows long runs of zeros on one line, and text next to its bytes', () => {
  const dump = annotatedDump(Buffer.from(`ab\n${'\0'.repeat(20)}`), [
    { sizeBytes: 3, says: 'text', text: true },
    { sizeBytes: 20, says: 'unused' },
  ]);

  assert.equal(dump.split('\n'), [
    `00000000  61 62 0a${' '.repeat(41)}|ab.|  text`,
    `00000003  00 × 20${' '.repeat(42)}unused`,
  ]);
});

test.run();
