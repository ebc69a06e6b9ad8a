import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ErrorCode, errorCatalogue, isJacoError, JacoError, stopIfInterrupted } from '../../src/domain/errors.js';
import { advice } from '../../src/domain/remedy.js';
import { refusalOf } from './refusal.js';

const test = suite('errors');

test('have codes that scripts can match, and one line of meaning each', () => {
  for (const [code, meaning] of Object.entries(errorCatalogue)) {
    assert.match(code, /^[a-z]+(_[a-z]+)*$/);
    assert.match(meaning, /^[A-Z][^\n]+\.$/);
  }
});

test('carry what they were given', () => {
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
  assert.not.ok('cause' in error);
});

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
