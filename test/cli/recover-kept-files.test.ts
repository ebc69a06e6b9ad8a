import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { plantRaftStore } from '../adapters/raft/planted-store.js';
import { makeAuthority } from '../builders/authority.js';
import { clusterInit } from '../builders/commands.js';
import { jacoSucceeds } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('jaco recover into a directory that has a node');
const scratch = scratchFor(test);

test('keeps the identity and the WireGuard key that are there under the same name', async () => {
  const { certificate, key } = makeAuthority();
  await plantRaftStore(scratch.path('left/raft'), {
    currentTerm: 2n,
    entries: [{ term: 1n }, { term: 2n, command: clusterInit('c-1', certificate, key) }],
    members: [{ id: 'node-1', address: '10.0.0.1:7001', suffrage: 'voter' }],
  });
  const recovering = [
    'recover',
    '--from',
    scratch.path('left'),
    '--name',
    'node-1',
    '--data-dir',
    scratch.path('data'),
  ];
  await jacoSucceeds(recovering);
  for (const name of ['raft', 'restore.txt']) rmSync(scratch.path('data', name), { recursive: true });
  mkdirSync(scratch.path('data/wg'));
  writeFileSync(scratch.path('data/wg/private.key'), 'secret');
  const nodeKey = readFileSync(scratch.path('data/node/node-1.key'));
  await jacoSucceeds(recovering);
  assert.ok(readFileSync(scratch.path('data/node/node-1.key')).equals(nodeKey));
  assert.is(readFileSync(scratch.path('data/wg/private.key'), 'utf8'), 'secret');
});

test.run();
