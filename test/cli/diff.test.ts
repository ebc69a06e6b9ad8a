import { openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cluster, deployment, node, record, token, writeArchive } from './archive-file.js';
import { jacoFails, jacoSucceeds, runJaco } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('jaco diff');
const scratch = scratchFor(test);
const fixtures = fileURLToPath(new URL('../../../test/fixtures', import.meta.url));

const before = [
  ...[cluster(), node('node-1'), node('node-2'), deployment('web'), deployment('api')],
  ...[token('operator'), record(15, 'event 1'), record(15, 'event 2'), record(18, 'registry')],
];
const after = [
  ...[cluster(), node('node-1'), node('node-3'), deployment('web', 2), deployment('api'), deployment('shop')],
  ...[token('operator'), record(15, 'event 2'), record(15, 'event 3'), record(15, 'event 4')],
];

async function twoArchives(): Promise<[string, string]> {
  return [
    await writeArchive(scratch.path('old.tar.gz'), before),
    await writeArchive(scratch.path('new.tar.gz'), after, {
      snapshotIndex: 1207n,
      takenAt: '2026-05-26T05:00:00Z',
      leaderAtSnapshot: '',
    }),
  ];
}

test('prints what changed, by kind and name', async () => {
  const [old, young] = await twoArchives();
  assert.is(
    await jacoSucceeds(['diff', old, young]),
    `Old:       ${old}
New:       ${young}
Cluster:   c-7f3a
Index:     1000 -> 1207
Term:      7
Taken:     2026-05-25T03:00:00Z -> 2026-05-26T05:00:00Z (1d 2h later)
Taken by:  jaco v0.3.9
Leader:    10.0.0.7:7001 -> not named
Snapshot:  ${Buffer.concat(before).length} -> ${Buffer.concat(after).length} bytes

nodes: 1 added, 1 removed (2)
  + node-3
  - node-2
deployments: 1 added, 1 changed (2 -> 3)
  + shop
  ~ web
audit events: 2 added, 1 removed (2 -> 3)
registry credentials: 1 removed (1 -> 0)

Not changed: cluster (1), tokens (1).
`,
  );
});

test('prints the same for programs, with every digit of 64-bit numbers', async () => {
  const [old] = await twoArchives();
  const young = await writeArchive(scratch.path('young.tar.gz'), after, { snapshotIndex: 2n ** 64n - 3n });
  const stdout = await jacoSucceeds(['diff', old, young, '-o', 'json']);
  assert.match(stdout, '"snapshot_index": 18446744073709551613,');
  const { kinds, ...rest } = JSON.parse(stdout);
  assert.is(rest.same_cluster, true);
  assert.is(rest.identical, false);
  assert.is(rest.old.archive, old);
  assert.equal(kinds[2], {
    kind: 'deployments',
    old_count: 2,
    new_count: 3,
    added: 1,
    removed: 0,
    changed: 1,
    names: { added: ['shop'], removed: [], changed: ['web'] },
  });
  assert.equal(kinds[14], {
    kind: 'audit_events',
    ...{ old_count: 2, new_count: 3, added: 2, removed: 1, changed: 0, names: null },
  });
});

test('says when nothing changed', async () => {
  const [old] = await twoArchives();
  assert.match(await jacoSucceeds(['diff', old, old]), '\nThe states are the same.\n');
  assert.is(JSON.parse(await jacoSucceeds(['diff', old, old, '-o', 'json'])).identical, true);
});

test('reports only what a daemon recorded between two archives of one state', async () => {
  const [first, second] = ['same-state-1.tar.gz', 'same-state-2.tar.gz'].map((name) => join(fixtures, name));
  const stdout = await jacoSucceeds(['diff', first as string, second as string]);
  assert.match(stdout, '\n\naudit events: 1 added (30 -> 31)\n\nNot changed: ');
  assert.is(JSON.parse(await jacoSucceeds(['diff', first as string, first as string, '-o', 'json'])).identical, true);
});

test('says clearly if the clusters differ, and still compares', async () => {
  const [old] = await twoArchives();
  const other = await writeArchive(scratch.path('other.tar.gz'), [cluster('c-9')], { clusterId: 'c-9' });
  const { code, stdout, stderr } = await runJaco(['diff', old, other]);
  assert.is(code, 0);
  assert.match(stdout, '\nCluster:   c-7f3a -> c-9   DIFFERENT CLUSTERS\n');
  assert.is(stderr, 'Warning: the two archives are of different clusters\n');
});

test('reads one of the two from standard input', async () => {
  const [old, young] = await twoArchives();
  const { code, stdout } = await runJaco(['diff', old, '-'], { stdin: openSync(young, 'r') });
  assert.is(code, 0);
  assert.match(stdout, 'New:       standard input\n');
  assert.match(await jacoFails(['diff', '-', '-']), 'standard input holds one archive, not two');
});

test('fails when one of them is damaged, and says which', async () => {
  const [old, young] = await twoArchives();
  writeFileSync(young, 'hello');
  assert.match(await jacoFails(['diff', old, young]), `Error: ${young}: the archive is not a complete backup`);
});

test('fails when one of them cannot be read', async () => {
  const [old] = await twoArchives();
  const sealed = await writeArchive(scratch.path('sealed.tar.gz'), [cluster()], { schemaVersion: 2 });
  assert.match(await jacoFails(['diff', old, sealed]), `Error: ${sealed}: the archive has schema 2`);
  assert.match(await jacoFails(['diff', old, scratch.path('absent')]), 'there is no such file');
  assert.match(await jacoFails(['diff', old]), /missing required argument 'new'.*See jaco diff --help/);
});

test.run();
