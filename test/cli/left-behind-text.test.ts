import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { errorSentence, errorText } from '../../src/cli/rendering/error-text.js';
import { leftBehindText } from '../../src/cli/rendering/left-behind-text.js';
import { JacoError, leavingBehind } from '../../src/domain/errors.js';
import { advice } from '../../src/domain/remedy.js';

const test = suite('what was left behind, in words');
const reason = 'cannot remove /d/x: permission denied.';
const stays = { path: '/d/x', state: 'there', secret: false, reason } as const;

for (const [what, left, text] of [
  ['nothing', [], ''],
  ['a file', [stays], '/d/x was left behind: cannot remove /d/x: permission denied. Remove it.'],
  [
    'a secret',
    [{ ...stays, secret: true }],
    '/d/x was left behind: cannot remove /d/x: permission denied. It may hold secrets of the cluster in the clear: remove it.',
  ],
  [
    'what may return',
    [{ ...stays, state: 'may-return', reason: 'cannot sync the directory /d to disk: it is odd.' }],
    '/d/x was removed, but may be back after a power cut: cannot sync the directory /d to disk: it is odd.',
  ],
  [
    'what was there before, without advice to remove it',
    [{ ...stays, state: 'kept', secret: true, reason: 'it could not be moved back to /d/y' }],
    'Do not remove /d/x, which was there before: it could not be moved back to /d/y. The same command, run again, finds it.',
  ],
  ['a name that is not for terminals', [{ ...stays, path: '/d/\u001b[2J' }], /^\/d\/[^\u001b]+ was left behind/],
  [
    'two things',
    [stays, { ...stays, path: '/d/y' }],
    /^\/d\/x was left .* Remove it\. \/d\/y was left .* Remove it\.$/,
  ],
] as const) {
  test(`tells of ${what}`, () => {
    if (typeof text === 'string') assert.is(leftBehindText(left), text);
    else assert.match(leftBehindText(left), text);
  });
}

test('follows an expected failure, on the same line', () => {
  const error = new JacoError('storage_failed', 'the disk is full.', { leftBehind: [stays] });
  assert.is(errorText(error), `Error: the disk is full. ${leftBehindText([stays])}`);
});

test('follows a failure that is only a warning', () => {
  const error = new JacoError('storage_failed', 'the disk is full.', {
    remedies: [advice('Free some.')],
    leftBehind: [stays],
  });
  assert.is(errorSentence(error), `the disk is full. Free some. ${leftBehindText([stays])}`);
});

test('follows an unexpected failure', () => {
  const text = errorText(leavingBehind(new TypeError('bug'), [stays]));
  assert.match(text, /^Error: unexpected failure: TypeError: bug\. Please report it/);
  assert.ok(text.endsWith(` ${leftBehindText([stays])}`));
});

test.run();
