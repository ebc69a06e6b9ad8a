import { rmSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { plantRaftStore } from '../adapters/raft/planted-store.js';
import { makeAuthority } from '../builders/authority.js';
import { grownStore } from '../builders/left-stores.js';
import { jacoFails, jacoSucceeds } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('jaco inspect of a data directory');
const scratch = scratchFor(test);
const grown = grownStore(makeAuthority());

test('tells what it holds', async () => {
  await plantRaftStore(scratch.path('left/raft'), grown);
  const text = await jacoSucceeds(['inspect', scratch.path('left')]);
  assert.match(
    text,
    /^Term: {9}4, voted in 4 for 10\.0\.0\.2:7001\nLog: {10}entries 1001 to 1001\nSnapshots: {4}index 1000, term 2/m,
  );
  assert.match(text, /^Behind it: {4}1 entry, up to index 1001, term 3$/m);
  const document = JSON.parse(await jacoSucceeds(['inspect', scratch.path('left'), '-o', 'json']));
  assert.equal([document.cluster_id, document.last_index, document.lost, document.sealed], ['c-1', 1001, null, false]);
  writeFileSync(scratch.path('left/raft/snapshots', grown.snapshot?.id ?? '', 'meta.json'), '{');
  const damaged = await jacoSucceeds(['inspect', scratch.path('left')]);
  assert.match(damaged, /^Snapshots: {4}none\nUnreadable: {3}snapshot 2-1000-1795539891344, whose meta\.json cannot/m);
  const { skipped_snapshots: skipped } = JSON.parse(
    await jacoSucceeds(['inspect', scratch.path('left'), '-o', 'json']),
  );
  assert.equal(skipped, ['2-1000-1795539891344']);
  await plantRaftStore(scratch.path('sealed/raft'), { ...grown, sealed: true });
  assert.match(await jacoSucceeds(['inspect', scratch.path('sealed')]), /\(sealed: its content is encrypted\)$/m);
});

test('lists a snapshot without its state, and says that nothing can be begun with', async () => {
  await plantRaftStore(scratch.path('left/raft'), grown);
  rmSync(scratch.path('left/raft/snapshots', grown.snapshot?.id ?? '', 'state.bin'));
  const text = await jacoSucceeds(['inspect', scratch.path('left')]);
  assert.match(text, /^Log: {10}entries 1001 to 1001\nSnapshots: {4}index 1000, term 2, /m);
  assert.match(text, /^Damage: {7}\S+state\.bin is damaged: it is missing\.$/m);
  const document = JSON.parse(await jacoSucceeds(['inspect', scratch.path('left'), '-o', 'json']));
  assert.equal([document.cluster_id, document.last_index, document.snapshots.length], [null, null, 1]);
  assert.match(document.damage[0], /state\.bin is damaged: it is missing\.$/);
});

test('refuses flags that are about an archive, and says what a directory without a store should be', async () => {
  const directory = scratch.directory('empty');
  assert.match(
    await jacoFails(['inspect', directory, '--list', 'nodes']),
    /: --list is about an archive, and \S+ is a/,
  );
  assert.match(await jacoFails(['inspect', directory]), /Name the data directory that is left of a node, or the raft/);
});

test.run();
