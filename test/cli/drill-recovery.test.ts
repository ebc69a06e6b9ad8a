import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { plantRaftStore } from '../adapters/raft/planted-store.js';
import { makeAuthority } from '../builders/authority.js';
import { clusterInit, commandOf } from '../builders/commands.js';
import type { PlantedStore } from '../fakes/in-memory-surviving-stores.js';
import { jacoFails, jacoSucceeds } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('jaco drill --from');
const scratch = scratchFor(test);
const authority = makeAuthority();
const left: PlantedStore = {
  currentTerm: 4n,
  entries: [
    { term: 1n },
    { term: 2n, command: clusterInit('c-1', authority.certificate, authority.key) },
    { term: 3n, command: commandOf({ auditAppend: { event: { type: 1, payload: { deployment: 'shop' } } } }) },
  ],
  members: [{ id: 'node-1', address: '10.0.0.1:7001', suffrage: 'voter' }],
};
const drilling = (...flags: readonly string[]) => [
  ...['drill', '--from', scratch.path('left'), '--name', 'node-1', '--work-dir', scratch.path('work')],
  ...flags,
];

test('rehearses a recovery, only reads the disk, and leaves nothing', async () => {
  await plantRaftStore(scratch.path('left/raft'), left);
  mkdirSync(scratch.path('work/other'), { recursive: true });
  const log = readFileSync(scratch.path('left/raft/log.db'));
  const text = await jacoSucceeds(drilling());
  assert.match(text, /left\/raft recovers\.\n {2}\[ok\] cluster c-1 was recovered up to index 3, term 3\n/);
  assert.match(text, /everything that the rehearsal made has been removed/);
  const document = JSON.parse(await jacoSucceeds(drilling('-o', 'json')));
  assert.equal([document.recovers, document.cluster_id, document.last_index], [true, 'c-1', 3]);
  assert.is(document.checks.length, 2);
  assert.is(await jacoSucceeds(drilling('--quiet')), '');
  assert.ok(readFileSync(scratch.path('left/raft/log.db')).equals(log));
  assert.equal([readdirSync(scratch.path('left')), readdirSync(scratch.path('work'))], [['raft'], ['other']]);
});

test('fails where entries are lost, unless that is accepted', async () => {
  mkdirSync(scratch.path('work'));
  await plantRaftStore(scratch.path('left/raft'), {
    ...left,
    entries: [...left.entries, { term: 3n, missing: true }, { term: 3n }],
  });
  assert.match(await jacoFails(drilling()), /log entry 4 is missing: log entries 4 to 5 are lost/);
  assert.match(await jacoSucceeds(drilling('--accept-loss')), /^Lost: .*log entry 4 is missing/m);
});

test('refuses flags that are about an archive, and the loss of a disk where none is named', async () => {
  for (const flags of [
    ['--input', 'a.tar.gz'],
    ['--newest-of', '.'],
    ['--metrics-file', 'x.prom'],
  ]) {
    assert.match(await jacoFails(drilling(...flags)), /--from takes --name, --accept-loss, --key-file and --work-dir/);
  }
  assert.match(await jacoFails(['drill', '--input', 'a.tar.gz', '--accept-loss']), /is for a drill from a disk/);
});

test.run();
