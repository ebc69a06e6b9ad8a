import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type ErrorCode,
  errorCatalogue,
  isJacoError,
  JacoError,
  type LeftBehind,
  leavingBehind,
  leftBehindBy,
  stopIfInterrupted,
} from '../../src/domain/errors.js';
import { advice } from '../../src/domain/remedy.js';
import { refusalOf } from './refusal.js';

const test = suite('errors');

test('have codes that scripts can match, and one line of meaning each', () => {
  for (const [code, meaning] of Object.entries(errorCatalogue)) {
    assert.match(code, /^[a-z]+(_[a-z]+)*$/);
    assert.match(meaning, /^[A-Z][^\n]+\.$/);
  }
});

test('carry their context', () => {
  const cause = new Error('EIO');
  const error = new JacoError('storage_failed', 'the disk is gone.', {
    remedies: [advice('Find it.')],
    details: { path: '/data' },
    cause,
  });
  assert.is(error.code, 'storage_failed' satisfies ErrorCode);
  assert.is(error.message, 'the disk is gone.');
  assert.equal(error.remedies, [{ kind: 'advice', sentence: 'Find it.' }]);
  assert.equal(error.details, { path: '/data' });
  assert.is(error.cause, cause);
  assert.is(error.name, 'JacoError');
});

test('carry nothing that they were not given', () => {
  const error = new JacoError('interrupted', 'interrupted');
  assert.equal(error.remedies, []);
  assert.equal(error.details, {});
  assert.equal(error.leftBehind, []);
  assert.not.ok('cause' in error);
});

const left: readonly LeftBehind[] = [{ path: '/data/x', state: 'there', secret: true, reason: 'It is in use.' }];

test('include what their cause left behind', () => {
  const cause = new JacoError('storage_failed', 'the disk is gone.', { leftBehind: left });
  assert.is(new JacoError('in_progress', 'another one works on it.', { cause }).leftBehind, left);
  assert.equal(new JacoError('in_progress', 'another one works on it.', { cause, leftBehind: [] }).leftBehind, []);
  assert.equal(leftBehindBy(new Error('x')), []);
});

test('stay the same object if nothing was left behind', () => {
  for (const error of [new JacoError('storage_failed', 'the disk is gone.'), new Error('bug'), undefined]) {
    assert.is(leavingBehind(error, []), error);
  }
});

test('stay the same except for what was left behind, which the last clean-up decides', () => {
  const error = new JacoError('storage_failed', 'the disk is gone.', {
    remedies: [advice('Find it.')],
    details: { path: '/data' },
  });
  const leaving = leavingBehind(error, left) as JacoError;
  assert.is(leaving.code, 'storage_failed');
  assert.is(leaving.message, 'the disk is gone.');
  assert.equal(leaving.remedies, [advice('Find it.')]);
  assert.equal(leaving.details, { path: '/data' });
  assert.is(leaving.cause, error);
  assert.is(leftBehindBy(leaving), left);
  assert.equal(leftBehindBy(leavingBehind(leaving, [])), []);
});

for (const [thrown, name, message] of [
  [new TypeError('bug'), 'TypeError', 'bug'],
  ['a word', 'Error', 'a word'],
] as const) {
  test(`keep name and message of an unexpected error that left something behind: ${String(thrown)}`, () => {
    const leaving = leavingBehind(thrown, left) as Error;
    assert.is(leaving.name, name);
    assert.is(leaving.message, message);
    assert.is(leaving.cause, thrown);
    assert.is(leftBehindBy(leaving), left);
  });
}

for (const [what, error, code, expected] of [
  ['a foreseen failure', new JacoError('in_progress', ''), undefined, true],
  ['a foreseen failure of the kind asked for', new JacoError('in_progress', ''), 'in_progress', true],
  ['a foreseen failure of another kind', new JacoError('in_progress', ''), 'interrupted', false],
  ['any other error', new Error('in_progress'), undefined, false],
  ['something that only looks like one', { name: 'JacoError', code: 'in_progress' }, 'in_progress', false],
  ['nothing', undefined, undefined, false],
] as const) {
  test(`are told ${expected ? 'to include' : 'from'} ${what}${code === undefined ? '' : ` (${code})`}`, () => {
    assert.is(isJacoError(error, code), expected);
  });
}

test('stop an operation once its signal has fired, and not before', () => {
  const interruption = new AbortController();
  assert.not.throws(() => stopIfInterrupted(interruption.signal));
  interruption.abort();
  refusalOf('interrupted', () => stopIfInterrupted(interruption.signal));
});

test.run();
