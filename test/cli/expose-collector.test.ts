import { spawnSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exposeCollector } from '../../src/cli/expose-collector.js';

const test = suite('the collector that is exposed');

const real = globalThis.gc;

test.before.each(() => {
  globalThis.gc = undefined;
});

test.after(() => {
  globalThis.gc = real;
});

/** How many bytes of buffers there are beyond `before`, once a collection has been asked for and another has seen its end. */
function collectedDownTo(before: number): number {
  globalThis.gc?.({ type: 'minor' });
  globalThis.gc?.({ type: 'minor' });
  return process.memoryUsage().arrayBuffers - before;
}

test('frees buffers that nothing holds any more', () => {
  exposeCollector();
  globalThis.gc?.({ type: 'minor' });
  const before = process.memoryUsage().arrayBuffers;
  for (let count = 0; count < 16; count += 1) new Uint8Array(1024 * 1024).fill(1);
  assert.ok(collectedDownTo(before) < 4 * 1024 * 1024);
});

test('collects all once more at the end of the process, so that no compiler keeps it from ending', () => {
  const module = new URL('../../src/cli/expose-collector.js', import.meta.url).href;
  const program = `import(${JSON.stringify(module)}).then(({ exposeCollector }) => {
    exposeCollector();
    gc({ type: 'minor' });
    console.log('ending');
    process.exit();
  });`;
  const { stdout } = spawnSync(process.execPath, ['--trace-gc', '-e', program], { encoding: 'utf8' });
  assert.match(stdout.slice(stdout.indexOf('ending')), /Mark-Compact/);
});

test('leaves a collector alone that is there already', () => {
  const known = (() => undefined) as unknown as NodeJS.GCFunction;
  globalThis.gc = known;
  exposeCollector();
  assert.is(globalThis.gc, known);
});

test.run();
