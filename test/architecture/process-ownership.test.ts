import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type SourceFile, sourceFiles } from './source-files.js';

/*
 * Other programs embed everything but the command line: a server, say, in which several things run at once. What belongs to
 * the process is then theirs.
 */

const test = suite('what belongs to the process');

const embedded = ['adapters', 'composition', 'documents', 'domain', 'ports'];

/** Environment, umask, standard streams, signals, working directory, user and end of the process; and the global object. */
const touches =
  /\bprocess\.(env|umask|std(in|out|err)|on|once|addListener|exit|exitCode|kill|abort|chdir|set[a-z]+id)\b|\b(globalThis|global)\.\w+ *(\?\?|\|\|)?=(?![=>])|\bObject\.(assign|defineProperty)\((globalThis|global|process)\b/g;

function touchesIn({ path, text }: SourceFile): string[] {
  return [...text.matchAll(touches)].map(([what]) => `${path}: ${what}`);
}

test('is touched by the command line only', () => {
  assert.equal(embedded.flatMap((folder) => sourceFiles(`src/${folder}`)).flatMap(touchesIn), []);
  assert.ok(sourceFiles('src/cli').flatMap(touchesIn).length > 10);
});

test('is found where it is touched', () => {
  const texts = ['process.umask(0)', 'const { A } = process.env;', 'globalThis.gc ??= f', "process.once('SIGINT', f)"];
  for (const text of texts) assert.is(touchesIn({ path: 'a.ts', text }).length, 1, text);
  for (const text of ['process.pid', 'globalThis.gc?.({})', 'if (globalThis.a === b)', 'process.hrtime()']) {
    assert.is(touchesIn({ path: 'a.ts', text }).length, 0, text);
  }
});

test.run();
