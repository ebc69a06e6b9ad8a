import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { plantRaftStore } from '../adapters/raft/planted-store.js';
import { clusterInit } from '../builders/commands.js';
import { jacoFails } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('the source of jaco recover');
const scratch = scratchFor(test);

test('is no place for the new store: it is only read', async () => {
  await plantRaftStore(scratch.path('left/raft'), {
    currentTerm: 2n,
    entries: [{ term: 1n }, { term: 2n, command: clusterInit('c-1') }],
    members: [{ id: 'node-1', address: '10.0.0.1:7001', suffrage: 'voter' }],
  });
  const words = ['recover', '--from', scratch.path('left'), '--name', 'node-1', '--data-dir', scratch.path('left/new')];
  assert.match(await jacoFails(words), /left\/new: it is inside \S+left, which a recovery only reads\./);
  assert.equal(scratch.names('left'), ['raft']);
});

test.run();
