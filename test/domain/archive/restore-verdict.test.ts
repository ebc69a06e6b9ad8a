import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ReadableSchema, requireReadable } from '../../../src/domain/archive/archive-schema.js';
import { judgeRestore } from '../../../src/domain/archive/restore-verdict.js';
import { schema } from '../builders.js';

const test = suite('judgeRestore');
const plain = () => requireReadable(schema());

test('accepts what a restore would accept, and names the version', () => {
  const content = { kind: 'well-formed', sizeBytes: 5, clusterId: 'c-1' } as const;
  const verdict = judgeRestore({ kind: 'read', schema: plain(), content }, 'v0.3.9');
  assert.is(verdict.kind, 'accepted');
  assert.is(verdict.daemonVersion.text, 'v0.3.9');
});

test('returns the refusal of a restore', () => {
  const content = { kind: 'malformed', atByte: 3, reason: 'it is cut short' } as const;
  const verdict = judgeRestore({ kind: 'read', schema: plain(), content }, undefined);
  assert.is(verdict.kind === 'refused' && verdict.refusal.code, 'snapshot_rejected');
});

test('refuses a state that cannot be read, with the words of its schema', () => {
  const sealed = schema({ schemaVersion: 2 });
  if (sealed.kind !== 'closed') throw new Error('it can be read');
  const verdict = judgeRestore({ kind: 'closed', schema: sealed }, 'v0.3.9');
  assert.is(verdict.kind === 'refused' && verdict.refusal.message, sealed.refusal().message);
  assert.is(verdict.daemonVersion.text, 'v0.3.9');
});

test('rethrows a bug unchanged', () => {
  const bug = new TypeError('bug');
  const broken: ReadableSchema = {
    ...plain(),
    checkMetadata() {
      throw bug;
    },
  };
  const content = { kind: 'well-formed', sizeBytes: 5, clusterId: 'c-1' } as const;
  assert.throws(
    () => judgeRestore({ kind: 'read', schema: broken, content }, undefined),
    (error: unknown) => error === bug,
  );
});

test.run();
