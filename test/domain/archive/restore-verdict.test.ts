import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeRestore } from '../../../src/domain/archive/restore-verdict.js';
import { metadata } from '../builders.js';

const test = suite('judgeRestore');

test('accepts what a restore would take, and says by which version', () => {
  const content = { kind: 'well-formed', sizeBytes: 5, clusterId: 'c-1' } as const;
  const verdict = judgeRestore(metadata(), content, 'v0.3.9');
  assert.is(verdict.kind, 'accepted');
  assert.is(verdict.daemonVersion.text, 'v0.3.9');
});

test('gives the refusal that a restore would end in', () => {
  const verdict = judgeRestore(metadata(), { kind: 'malformed', atByte: 3, reason: 'it is cut short' }, undefined);
  assert.is(verdict.kind === 'refused' && verdict.refusal.code, 'snapshot_rejected');
});

test('lets a bug through as what it is', () => {
  const bug = new TypeError('bug');
  const broken = {
    ...metadata(),
    get clusterId(): string {
      throw bug;
    },
  };
  assert.throws(
    () => judgeRestore(broken, undefined, undefined),
    (error: unknown) => error === bug,
  );
});

test.run();
