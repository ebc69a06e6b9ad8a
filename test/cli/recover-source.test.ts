import { spawnSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { plantRaftStore } from '../adapters/raft/planted-store.js';
import { clusterInit } from '../builders/commands.js';
import { jacoFails, jacoProgram } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('the source of jaco recover');
const scratch = scratchFor(test);

const left = {
  currentTerm: 2n,
  entries: [{ term: 1n }, { term: 2n, command: clusterInit('c-1') }],
  members: [{ id: 'node-1', address: '10.0.0.1:7001', suffrage: 'voter' as const }],
};

const recovering = (from: string, target: string) => [
  ...['recover', '--from', scratch.path(from), '--name', 'node-1', '--data-dir', scratch.path(target)],
  '--into-other-files',
];

test('is no place for the new store: it is only read', async () => {
  await plantRaftStore(scratch.path('left/raft'), left);
  assert.match(
    await jacoFails(recovering('left', 'left/new')),
    /left\/new: it is inside \S+left, which a recovery only reads\./,
  );
  assert.match(
    await jacoFails(recovering('left/raft', 'left/raft')),
    /left\/raft: it is the raft directory of the source, which a recovery only reads\./,
  );
  assert.equal(scratch.names('left'), ['raft']);
  assert.equal(scratch.names('left/raft'), ['log.db']);
});

for (const [what, from, target] of [
  ['to its raft directory', 'left', 'link-to-raft/new'],
  ['to the data directory', 'left', 'link-to-left/new/data'],
  ['to the data directory, which is named by it', 'link-to-left', 'left/new'],
] as const) {
  test(`is no place for it behind a link ${what} either`, async () => {
    await plantRaftStore(scratch.path('left/raft'), left);
    await symlink('left/raft', scratch.path('link-to-raft'));
    await symlink('left', scratch.path('link-to-left'));
    assert.match(await jacoFails(recovering(from, target)), /: it is inside \S+left\S*, which a recovery only reads\./);
    assert.equal(scratch.names('left'), ['raft']);
    assert.equal(scratch.names('left/raft'), ['log.db']);
  });
}

test('is looked for from a directory that does not exist any more: that is said', () => {
  const gone = scratch.directory('gone');
  const words = `rmdir ${gone} && ${process.execPath} ${jacoProgram} recover --from left --name node-1`;
  const { status, stderr } = spawnSync('sh', ['-c', words], { cwd: gone, encoding: 'utf8' });
  assert.is(status, 1);
  assert.match(
    stderr,
    /^Error: the current directory does not exist any more\. Change to one that does, or give absolute paths\.$/m,
  );
});

test.run();
