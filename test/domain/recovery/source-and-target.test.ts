import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { refuseTargetInSource } from '../../../src/domain/recovery/source-and-target.js';
import { refusalOf } from '../refusal.js';

const test = suite('the target of a recovery');

for (const [what, from, raft, target] of [
  ['inside the data directory', '/mnt/old', '/mnt/old/raft', '/mnt/old/new'],
  ['inside the data directory, named with a slash', 'old/', '/mnt/old/raft', '/mnt/old/raft/new'],
  ['inside a raft directory', '/mnt/raft', '/mnt/raft', '/mnt/raft/new'],
] as const) {
  test(`is refused ${what} of the source`, () => {
    const refusal = refusalOf('request_invalid', () => refuseTargetInSource(from, raft, target));
    assert.match(refusal.message, new RegExp(`^cannot recover into ${target}: it is inside /mnt/`));
  });
}

test('is refused where it is a raft directory itself', () => {
  const refusal = refusalOf('request_invalid', () => refuseTargetInSource('/mnt/raft', '/mnt/raft', '/mnt/raft'));
  assert.match(refusal.message, 'cannot recover into /mnt/raft: it is the raft directory of the source');
});

for (const [what, from, raft, target] of [
  ['beside the source', '/mnt/old', '/mnt/old/raft', '/mnt/older'],
  ['that is the source', '/mnt/old', '/mnt/old/raft', '/mnt/old'],
  ['around the source', '/mnt/backup/old', '/mnt/backup/old/raft', '/mnt/backup'],
  ['beside a copied raft directory', '/mnt/raft', '/mnt/raft', '/mnt/new'],
  ['where the source may be a copied raft directory', '.', '/mnt/raft', '/mnt/new'],
] as const) {
  test(`may be a directory ${what}`, () => refuseTargetInSource(from, raft, target));
}

test.run();
