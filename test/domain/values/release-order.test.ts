import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compareReleases, parseJacoVersion } from '../../../src/domain/values/jaco-version.js';

const test = suite('the order of releases');

function compare(a: string, b: string): number {
  const [first, second] = [parseJacoVersion(a, 'a'), parseJacoVersion(b, 'b')];
  if (first.kind !== 'release' || second.kind !== 'release') throw new Error(`${a} or ${b} is no release`);
  return Math.sign(compareReleases(first, second));
}

/** Releases that often differ in one place only, so that every rule gets to decide. */
const release = fc
  .record({
    prefix: fc.constantFrom('', 'v'),
    numbers: fc.tuple(...Array.from({ length: 3 }, () => fc.constantFrom('0', '1', '9', '10', '9007199254740993'))),
    preRelease: fc.array(fc.constantFrom('0', '2', '11', '007', 'alpha', 'beta', 'Beta', '-', '1a'), { maxLength: 3 }),
    build: fc.constantFrom('', '+1', '+b'),
  })
  .map(
    ({ prefix, numbers, preRelease, build }) =>
      `${prefix}${numbers.join('.')}${preRelease.length === 0 ? '' : `-${preRelease.join('.')}`}${build}`,
  );

/** From semantic versioning 2.0, section 11, oldest first; and what its rules add up to. */
const ladder = [
  '0.0.1-dev',
  '0.0.1',
  '0.3.9',
  '0.3.10',
  '0.10.0',
  '1.0.0--',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0',
  '2.0.0',
  '2.1.0',
  '2.1.1',
  '9007199254740992.0.0',
  '9007199254740993.0.0',
];

test('is that of semantic versioning', () => {
  for (const [i, a] of ladder.entries()) {
    for (const [j, b] of ladder.entries()) assert.is(compare(a, b), Math.sign(i - j), `${a} and ${b}`);
  }
});

for (const [older, newer, rule] of [
  ['1.0.0-9', '1.0.0-a', 'a number is older than a word'],
  ['1.0.0-9', '1.0.0--', 'a number is older than a word, whatever the word begins with'],
  ['1.0.0-2', '1.0.0-11', 'numbers count as numbers'],
  ['1.0.0-9007199254740992', '1.0.0-9007199254740993', 'numbers count exactly'],
  ['1.0.0-11a', '1.0.0-2a', 'words count by their letters'],
  ['1.0.0-A', '1.0.0-a', 'capitals come first'],
  ['1.0.0-a', '1.0.0-a.0', 'fewer parts are older'],
] as const) {
  test(`puts ${older} before ${newer}: ${rule}`, () => {
    assert.is(compare(older, newer), -1);
    assert.is(compare(newer, older), 1);
  });
}

test('overlooks a leading v and build metadata', () => {
  assert.is(compare('v1.2.3-rc.1+a', '1.2.3-rc.1+b.c'), 0);
});

test('is total: of two releases one is older, or both rank the same', () => {
  fc.assert(fc.property(release, release, (a, b) => assert.is(compare(a, b) + compare(b, a), 0)));
});

test('ranks every release the same as itself', () => {
  fc.assert(fc.property(release, (a) => assert.is(compare(a, a), 0)));
});

test('is transitive', () => {
  fc.assert(
    fc.property(fc.array(release, { minLength: 3, maxLength: 8 }), (releases) => {
      const sorted = releases.toSorted(compare);
      for (const [i, a] of sorted.entries())
        for (const b of sorted.slice(i)) assert.ok(compare(a, b) <= 0, `${a} ${b}`);
    }),
    { numRuns: 500 },
  );
});

test.run();
