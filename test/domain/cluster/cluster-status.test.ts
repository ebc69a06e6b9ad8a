import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { leaderOf, statusNotes } from '../../../src/domain/cluster/cluster-status.js';
import { node, status } from '../builders.js';

const test = suite('leaderOf');

test('finds the leader by its raft address', () => {
  assert.is(leaderOf(status({ leader: '10.0.0.2:7001' }))?.hostname, 'node-2');
});

test('finds the leader by its hostname', () => {
  assert.is(leaderOf(status({ leader: 'node-1' }))?.address, '10.0.0.1:7001');
});

test('finds no leader if there is none, even with a node without an address', () => {
  assert.is(leaderOf(status({ leader: '', nodes: [node({ hostname: '', address: '' })] })), undefined);
});

for (const leader of ['10.0.0.9:7001', '10.0.0.2:7000', '10.0.0.2', 'NODE-2']) {
  test(`finds no leader if no node is ${leader}`, () => {
    assert.is(leaderOf(status({ leader })), undefined);
  });
}

test.run();

const notes = suite('statusNotes');
const [first] = status().nodes;

/** A status in which every node has this `suffrage`. */
const voting = (suffrage: 'voter' | 'unknown', grpcAddress = '10.0.0.1:7000') =>
  status({ leader: 'node-1', nodes: [{ ...node(first), hostname: 'node-1', suffrage, grpcAddress }] });

notes('have nothing to add to a leader that says who votes', () => {
  assert.equal(statusNotes(voting('voter')), []);
});

notes('say of a daemon without a cluster that it may have failed to open one', () => {
  assert.match(statusNotes(status({ initialized: false, leader: '', nodes: [] })).join(), /look at the daemon's log/);
});

notes('say what a lasting lack of a leader means', () => {
  assert.match(
    statusNotes(status({ leader: '' })).join(),
    /a majority is gone for good, the cluster can go on from what the disk of one node has left$/,
  );
});

notes('say what it means that the leader is not among the nodes', () => {
  assert.match(statusNotes(status({ leader: '10.77.0.4:7001' })).join(), /cannot start their containers/);
});

notes('name the leader that knows who votes, by the address that a client dials', () => {
  assert.equal(statusNotes(voting('unknown')), ['only the leader knows who votes: ask node-1 (10.0.0.1:7000)']);
  assert.match(statusNotes(voting('unknown', '')).join(), /ask node-1 \(10\.0\.0\.1:7001\)$/);
});

notes.run();
