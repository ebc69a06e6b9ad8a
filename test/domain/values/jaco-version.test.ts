import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { giveParameter } from '../../../src/domain/remedy.js';
import { judgeCompatibility, parseJacoVersion } from '../../../src/domain/values/jaco-version.js';
import { refusalOf } from '../refusal.js';

const test = suite('JACO versions');

const parse = (text: string) => parseJacoVersion(text, 'the version');
const judge = (archive: string, daemon: string) => judgeCompatibility(parse(archive), parse(daemon));

for (const [text, major, minor, patch, preRelease] of [
  ['0.0.1-dev', 0n, 0n, 1n, ['dev']],
  ['v0.3.9', 0n, 3n, 9n, []],
  ['1.2.3', 1n, 2n, 3n, []],
  ['1.2.3-rc.1', 1n, 2n, 3n, ['rc', '1']],
  ['1.2.3-x-y.-.0', 1n, 2n, 3n, ['x-y', '-', '0']],
  ['1.2.3+build.007', 1n, 2n, 3n, []],
  ['v1.2.3-rc.1+sha-5114f85', 1n, 2n, 3n, ['rc', '1']],
  // Stricter readers refuse the leading zero; a build stamped with its commit may have one.
  ['0.0.0-0123456', 0n, 0n, 0n, ['0123456']],
  ['18446744073709551616.0.0', 18446744073709551616n, 0n, 0n, []],
] as const) {
  test(`reads ${text}`, () => {
    assert.equal(parse(text), { kind: 'release', text, major, minor, patch, preRelease });
  });
}

test('reads "dev" and nothing at all as development builds', () => {
  assert.equal(parse('dev'), { kind: 'development', text: 'dev' });
  assert.equal(parse(''), { kind: 'development', text: '' });
});

test('overlooks blanks around a version, as a program’s output ends in a line break', () => {
  assert.equal(parse(' v0.3.9\n'), parse('v0.3.9'));
  assert.equal(parse('dev\n'), parse('dev'));
});

for (const text of [
  'v',
  'latest',
  'DEV',
  'v-dev',
  'devel',
  '1',
  '1.2',
  '1.2.3.4',
  '01.2.3',
  '1.02.3',
  '1.2.03',
  '-1.2.3',
  '1.2.x',
  'V1.2.3',
  'vv1.2.3',
  'v 1.2.3',
  '1.2.3-',
  '1.2.3-a..b',
  '1.2.3-é',
  '1.2.3+',
  '1.2.3+a+b',
  '1.2.3 4',
  '1.2.3\n4.5.6',
  '１.2.3',
]) {
  test(`refuses ${JSON.stringify(text)}`, () => {
    const refusal = refusalOf('version_incompatible', () => parse(text));
    assert.ok(refusal.message.startsWith('the version is "'), refusal.message);
    assert.equal(refusal.remedies[0], giveParameter('daemonVersion'));
  });
}

test('refuses a version of more than 256 characters', () => {
  assert.is(parse(`1.0.${'1'.repeat(252)}`).kind, 'release');
  refusalOf('version_incompatible', () => parse(`1.0.${'1'.repeat(253)}`));
});

test('shortens and escapes what it refuses', () => {
  const { message } = refusalOf('version_incompatible', () => parse(`\u001b${'x'.repeat(10_000)}`));
  assert.match(message, '"\\u{1b}x');
  assert.ok(message.length < 200, message);
});

for (const [archive, daemon, major] of [
  ['v0.3.9', 'v0.3.9', 0],
  ['v0.3.9', '0.3.9', 0],
  ['0.0.1-dev', 'v0.3.9', 0],
  ['v0.3.9-rc.1', 'v0.3.9', 0],
  ['v0.3.9', 'v0.3.10', 0],
  ['v0.9.0', 'v0.10.0', 0],
  ['v1.0.0', 'v1.99.0', 1],
  ['v0.3.9+a', 'v0.3.9+b', 0],
] as const) {
  test(`lets an archive of ${archive} into a daemon ${daemon}`, () => {
    assert.equal(judge(archive, daemon), { kind: 'compatible', rule: `same major version (${major})` });
  });
}

for (const [archive, daemon] of [
  ['v0.4.0', 'v0.3.9'],
  ['v0.3.10', 'v0.3.9'],
  ['v1.10.0', 'v1.9.0'],
  ['v0.3.9', 'v0.3.9-rc.1'],
  ['v0.3.9-rc.10', 'v0.3.9-rc.9'],
  ['v0.3.9', '0.0.1-dev'],
] as const) {
  test(`lets an archive of ${archive} into the older daemon ${daemon} with a warning`, () => {
    const judged = judge(archive, daemon);
    assert.is(judged.kind, 'compatible-with-warning');
    const warning = judged.kind === 'compatible-with-warning' ? judged.warning : '';
    assert.match(warning, `the daemon (${daemon}) is older than the one that took the backup (${archive})`);
  });
}

for (const [archive, daemon, unknown] of [
  ['dev', 'v0.3.9', 'the archive'],
  ['', 'v9.0.0', 'the archive'],
  ['v0.3.9', 'dev', 'the daemon'],
  ['v9.0.0', '', 'the daemon'],
  ['dev', 'dev', 'the archive'],
] as const) {
  test(`lets an archive of "${archive}" into a daemon "${daemon}" with a warning`, () => {
    assert.equal(judge(archive, daemon), {
      kind: 'compatible-with-warning',
      rule: 'development builds carry no version and are accepted',
      warning: `${unknown} is a development build without a version, so compatibility could not be checked`,
    });
  });
}

for (const [archive, daemon, majors] of [
  ['v0.3.9', 'v1.0.0', 'the archive has 0, the daemon 1'],
  ['v1.0.0', 'v0.3.9', 'the archive has 1, the daemon 0'],
  ['v1.0.0-rc.1', 'v0.99.99', 'the archive has 1, the daemon 0'],
  ['v2.0.0', 'v20.0.0', 'the archive has 2, the daemon 20'],
  ['v9007199254740993.0.0', 'v9007199254740992.0.0', 'the archive has 9007199254740993, the daemon 9007199254740992'],
] as const) {
  test(`keeps an archive of ${archive} out of a daemon ${daemon}`, () => {
    assert.equal(judge(archive, daemon), { kind: 'incompatible', rule: `major versions differ: ${majors}` });
  });
}

test.run();
