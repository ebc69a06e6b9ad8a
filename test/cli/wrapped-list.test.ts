import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { wrappedList } from '../../src/cli/rendering/wrapped-list.js';

const test = suite('wrappedList');
const names = (count: number) => Array.from({ length: count }, (_, position) => `deployment-${position}`);

test('breaks between names, before the edge of the terminal', () => {
  const lines = wrappedList(names(12), 12);
  assert.equal(lines, [
    '  deployment-0, deployment-1, deployment-2, deployment-3, deployment-4,',
    '  deployment-5, deployment-6, deployment-7, deployment-8, deployment-9,',
    '  deployment-10, deployment-11',
  ]);
});

test('ends after a screen, and counts the omitted names', () => {
  const lines = wrappedList(names(1000), 5000, 3);
  assert.is(lines.length, 4);
  assert.is(lines.at(-1), '  and 4985 more');
});

test('counts names that are not in the list', () => {
  assert.equal(wrappedList(['a'], 3), ['  a,', '  and 2 more']);
  assert.equal(wrappedList([], 0), []);
});

test('puts a name that is longer than a line on its own line', () => {
  assert.equal(wrappedList(['a', 'b'.repeat(90), 'c'], 3), ['  a,', `  ${'b'.repeat(90)},`, '  c']);
});

test.run();
