import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { errorDocument } from '../../src/documents/error-document.js';
import { jsonText } from '../../src/documents/json-text.js';
import { JacoError, type LeftBehind } from '../../src/domain/errors.js';
import { giveParameter } from '../../src/domain/remedy.js';

const test = suite('an error as a document');

const left: LeftBehind = {
  path: '/data/raft.restoring',
  state: 'there',
  secret: true,
  reason: 'Read-only file system',
};

test('holds the code, the sentence, the facts, the remedies as data, and what was left behind', () => {
  const remedies = [giveParameter('advertiseAddress', '10.0.0.5:7001')];
  const error = new JacoError('address_invalid', 'no address.', {
    remedies,
    details: { path: '/etc' },
    leftBehind: [left],
  });
  assert.equal(JSON.parse(jsonText(errorDocument(error))), {
    code: 'address_invalid',
    message: 'no address.',
    facts: { path: '/etc' },
    remedies: [{ kind: 'give-parameter', parameter: 'advertiseAddress', example: '10.0.0.5:7001' }],
    left_behind: [left],
  });
});

test('holds neither the cause nor the stack', () => {
  const error = new JacoError('storage_failed', 'cannot write.', { cause: new Error('a secret of the system') });
  assert.equal(Object.keys(errorDocument(error)), ['code', 'message', 'facts', 'remedies', 'left_behind']);
  assert.not.match(jsonText(errorDocument(error)), /a secret/);
});

test.run();
