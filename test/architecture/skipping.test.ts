import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type SourceFile, sourceFiles } from './source-files.js';

const test = suite('tests that are left out');

/** Tests that print the word themselves, and so count as passed, or not at all. */
const printing = /(?:console\.\w+|\.write)\(\s*['"`](?:\\n)?SKIPPED/;

/** uvu's own ways to skip give no reason. */
const silent = /\btest\.(?:skip|only)\(/;

/** These speak of it in what they print or run. */
const exceptions = ['test/architecture/skipping.test.ts', 'test/packaging/test-runner.test.ts', 'test/skipping.ts'];

const faulty = ({ text }: SourceFile): boolean => printing.test(text) || silent.test(text);

test('are left out by the functions of test/skipping.ts, which the runner counts', () => {
  const found = sourceFiles('test').filter(faulty);
  assert.equal(
    found.map(({ path }) => path).filter((path) => !exceptions.includes(path)),
    [],
  );
});

for (const text of [
  "return console.log('\\nSKIPPED: no mkfifo here')",
  'console.log(\n  `SKIPPED: no mkfifo here`)',
  "process.stdout.write('SKIPPED: x')",
  'test.only("a", f)',
  'test.skip("a", f)',
]) {
  test(`are found in: ${JSON.stringify(text)}`, () => assert.ok(faulty({ path: 'a.ts', text })));
}

test.run();
