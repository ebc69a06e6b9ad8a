import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { measureKinds } from '../../../src/domain/state/kind-sizes.js';
import { walkSnapshot } from '../../../src/domain/state/snapshot-content.js';
import { clusterRecord, field } from './state-encoder.js';

const test = suite('measureKinds');

test('adds up the sizes of each kind, those of a newer daemon under one name, and leaves out the others', () => {
  const records = [
    clusterRecord(field(1, 'c-1')),
    field(2, 'node-1'),
    field(2, 'node-22'),
    field(77, 'new'),
    field(99, 'newer'),
  ];
  const { visitor, sizes } = measureKinds();
  const walk = walkSnapshot(visitor);
  for (const record of records) walk.feed(record);
  walk.finish();
  const [cluster, first, second, ...newer] = records.map(({ length }) => length) as [
    number,
    number,
    number,
    number,
    number,
  ];
  assert.equal(sizes(), { cluster, nodes: first + second, other: newer[0] + newer[1] });
});

test.run();
