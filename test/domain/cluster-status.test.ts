import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { leaderOf } from '../../src/domain/cluster-status.js';
import { node, status } from './builders.js';

const test = suite('leaderOf');

test('finds the leader by its raft address', () => {
  assert.is(leaderOf(status({ leader: '10.0.0.2:7001' }))?.hostname, 'node-2');
});

test('finds the leader by its hostname', () => {
  assert.is(leaderOf(status({ leader: 'node-1' }))?.address, '10.0.0.1:7001');
});

test('finds none while nobody leads, even beside a node without an address', () => {
  assert.is(leaderOf(status({ leader: '', nodes: [node({ hostname: '', address: '' })] })), undefined);
});

for (const leader of ['10.0.0.9:7001', '10.0.0.2:7000', '10.0.0.2', 'NODE-2']) {
  test(`finds none where no node is ${leader}`, () => {
    assert.is(leaderOf(status({ leader })), undefined);
  });
}

test.run();
