import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { expandPattern, fileNameMatcher, parseOutputPattern } from '../../../src/domain/backup/output-pattern.js';
import { advice } from '../../../src/domain/remedy.js';
import { refusalOf } from '../refusal.js';

const test = suite('output patterns');

/** 2026-05-05 03:04:09.5 UTC. */
const atMs = Date.UTC(2026, 4, 5, 3, 4, 9, 500);
const expand = (output: string, utcOffsetMinutes = 0, at = atMs) =>
  expandPattern(parseOutputPattern(output), { atMs: at, utcOffsetMinutes });
const matches = (output: string, name: string) => fileNameMatcher(parseOutputPattern(output))?.(name);

for (const [pattern, expected] of Object.entries({
  '%Y': '2026',
  '%m': '05',
  '%d': '05',
  '%H': '03',
  '%M': '04',
  '%S': '09',
  '%F': '2026-05-05',
  '%T': '03:04:09',
  '%s': '1777950249',
  '%j': '125',
  '%%': '%',
  '%%F': '%F',
  '%%%F': '%2026-05-05',
  '/b/%Y/%m/c-%F-%H%M%S.tar.gz': '/b/2026/05/c-2026-05-05-030409.tar.gz',
  'cluster.tar.gz': 'cluster.tar.gz',
  'a b\n{}$&.tar.gz': 'a b\n{}$&.tar.gz',
})) {
  test(`expands ${JSON.stringify(pattern)}`, () => assert.is(expand(pattern), expected));
}

for (const [what, utcOffsetMinutes, expected] of [
  ['east of Greenwich', 330, '2026-05-05 08:34:09'],
  ['west of Greenwich, where it is still yesterday', -480, '2026-05-04 19:04:09'],
] as const) {
  test(`shows the wall clock ${what}`, () => assert.is(expand('%F %T', utcOffsetMinutes), expected));
}

test('shifts the wall clock by whole minutes', () => {
  assert.is(expand('%T', 600, Date.UTC(2026, 4, 5, 3, 4, 9, 999)), '13:04:09');
});

test('counts seconds since 1970 alike everywhere', () => assert.is(expand('%s', 600), expand('%s', -600)));

for (const [day, expected] of [
  [Date.UTC(2024, 0, 1), '001'],
  [Date.UTC(2024, 1, 29), '060'],
  [Date.UTC(2024, 11, 31, 23, 59, 59), '366'],
  [Date.UTC(2026, 11, 31, 23, 59, 59), '365'],
] as const) {
  test(`counts ${new Date(day).toISOString()} as day ${expected}`, () => assert.is(expand('%j', 0, day), expected));
}

for (const [output, found] of Object.entries({
  'c-%q.tar.gz': 'holds "%q", which is no pattern.',
  'c-%Z.tar.gz': 'holds "%Z", which is no pattern.',
  'c-%-d.tar.gz': 'holds "%-", which is no pattern.',
  'c-%😀': 'holds "%😀", which is no pattern.',
  'c-%constructor': 'holds "%c", which is no pattern.',
  'c-100%': 'ends in a single "%".',
})) {
  test(`refuses ${output}`, () => {
    const { message, remedies } = refusalOf('request_invalid', () => parseOutputPattern(output));
    assert.is(message, `the output "${output}" ${found}`);
    assert.equal(remedies, [advice('Use %Y %m %d %H %M %S %F %T %s or %j, and %% for a percent sign.')]);
  });
}

for (const [output, name, expected] of [
  ['/b/c-%F.tar.gz', 'c-2025-01-31.tar.gz', true],
  ['/b/%Y/c-%j.tar.gz', 'c-031.tar.gz', true],
  ['%Y/c-%j.tar.gz', 'c-031.tar.gz', true],
  ['c-%Y%m%d%H%M%S', 'c-20250131000000', true],
  ['c-%s', 'c-1', true],
  ['c-%T', 'c-00:00:00', true],
  ['100%%-%F', '100%-2025-01-31', true],
  ['c.%F(1)', 'c.2025-01-31(1)', true],
  ['/b/c-%F.tar.gz', 'c-2025-01-31.tar.gz.part', false],
  ['/b/c-%F.tar.gz', '.c-2025-01-31.tar.gz', false],
  ['/b/c-%F.tar.gz', 'c-2025-01-31xtar.gz', false],
  ['/b/c-%F.tar.gz', 'c-2025-1-31.tar.gz', false],
  ['/b/c-%F.tar.gz', 'c-2025-01-31.tar.gz\n', false],
  ['c-%F', 'c-latest', false],
] as const) {
  test(`${expected ? 'recognises' : 'does not recognise'} ${JSON.stringify(name)} as written under ${output}`, () => {
    assert.is(matches(output, name), expected);
  });
}

for (const output of ['cluster.tar.gz', '/b/%F/cluster.tar.gz', '100%%.tar.gz', '']) {
  test(`has nothing to recognise where the file name is always the same: "${output}"`, () => {
    assert.is(fileNameMatcher(parseOutputPattern(output)), undefined);
  });
}

test('recognises everything that it expands to', () => {
  const piece = fc.oneof(fc.constantFrom('%Y', '%m', '%d', '%H', '%M', '%S', '%F', '%T', '%s', '%j', '%%'), anyText());
  const moment = fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(fc.array(piece), moment, fc.integer({ min: -720, max: 840 }), (pieces, at, offset) => {
      const output = `/backups/%F/${pieces.join('')}%F`;
      const path = expand(output, offset, at.getTime());
      assert.is(matches(output, path.slice(path.lastIndexOf('/') + 1)), true);
    }),
  );
});

test('leaves every path without a percent sign as it is', () => {
  fc.assert(fc.property(anyText(), (text) => assert.is(expand(text), text)));
});

function anyText() {
  return fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('%', ''));
}

test.run();
