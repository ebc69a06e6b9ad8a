import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type SourceFile, sourceFiles } from './source-files.js';

const test = suite('length of files');

const limitLines = 250;

/** The words before the reason at the head of a longer file. */
const reason = /Longer than 250 lines: \S/;

/** How much of a file is its head, in lines. */
const headLines = 15;

function tooLong({ path, text }: SourceFile): string[] {
  const lines = text.trimEnd().split('\n');
  if (lines.length <= limitLines || reason.test(lines.slice(0, headLines).join('\n'))) return [];
  return [`${path} has ${lines.length} lines`];
}

test('no file of src, test, scripts or the example is longer than 250 lines without a reason in its head', () => {
  assert.equal(
    ['src', 'test', 'scripts', 'examples/http/src', 'examples/http/test'].flatMap(sourceFiles).flatMap(tooLong),
    [],
  );
});

test('a long file is found, unless it states its reason', () => {
  const text = 'line\n'.repeat(limitLines + 1);
  assert.equal(tooLong({ path: 'a.ts', text }), ['a.ts has 251 lines']);
  assert.equal(tooLong({ path: 'a.ts', text: `// Longer than 250 lines: a table.\n${text}` }), []);
  assert.equal(tooLong({ path: 'a.ts', text: 'line\n'.repeat(limitLines) }), []);
});

test.run();
