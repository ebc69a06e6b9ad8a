import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseExposition } from '../builders/exposition.js';
import { cluster, writeArchive } from './archive-file.js';
import { jacoFails, jacoSucceeds, runJaco } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('jaco drill, unattended');
const scratch = scratchFor(test);

/** A directory with an old and a new backup of a cluster. */
async function backups(): Promise<string> {
  const directory = scratch.directory('backups');
  for (const [name, takenAt] of [
    ['z-old', '2026-05-24T03:00:00Z'],
    ['a-new', '2026-05-25T03:00:00Z'],
  ] as const) {
    await writeArchive(`${directory}/${name}.tar.gz`, [cluster()], {
      takenAt,
      snapshotIndex: name === 'a-new' ? 2n : 1n,
    });
  }
  return directory;
}

const metricsIn = (path: string) => parseExposition(readFileSync(path, 'utf8'));
/** Such an archive holds no usable CA, of which every drill warns. */
const noAuthority = /^Warning: [^\n]*no certificate[^\n]*\n$/;

test('rehearses the newest backup of a directory, and prints nothing of a success', async () => {
  const directory = await backups();
  for (const place of [directory, `${directory}/`]) {
    const { code, stdout, stderr } = await runJaco(['drill', '--quiet', '--newest-of', place]);
    assert.is(code, 0, stderr);
    assert.is(stdout, '');
    assert.match(stderr, noAuthority, stderr);
  }
  const report = JSON.parse(await jacoSucceeds(['drill', '--quiet', '--newest-of', directory, '-o', 'json']));
  assert.is(report.archive, `${directory}/a-new.tar.gz`);
  assert.is(report.restores, true);
});

test('warns of a file in the place that is no backup, and rehearses the newest that is one', async () => {
  const directory = await backups();
  writeFileSync(`${directory}/newer.tar.gz`, 'nothing');
  const { code, stdout, stderr } = await runJaco(['drill', '--newest-of', directory]);
  assert.is(code, 0);
  assert.match(stdout, 'a-new.tar.gz restores.');
  assert.match(stderr, 'newer.tar.gz');
});

test('rehearses that of the expected cluster where there are several, and asks which otherwise', async () => {
  const directory = await backups();
  const other = { clusterId: 'c-2', takenAt: '2026-05-26T03:00:00Z' };
  await writeArchive(`${directory}/other.tar.gz`, [cluster('c-2')], other);
  assert.match(await jacoFails(['drill', '--newest-of', directory]), 'holds backups of 2 clusters');
  const text = await jacoSucceeds(['drill', '--newest-of', directory, '--expect-cluster', 'c-7f3a']);
  assert.match(text, 'a-new.tar.gz restores.');
});

test('records a success, with what was proven and of which place', async () => {
  const directory = await backups();
  const path = scratch.path('jaco_drill.prom');
  await jacoSucceeds(['drill', '--newest-of', directory, '--metrics-file', path]);
  const metrics = metricsIn(path);
  const success = metrics.get('jaco_drill_last_success_snapshot_timestamp_seconds');
  assert.is(success?.value, String(Date.UTC(2026, 4, 25, 3) / 1000));
  assert.equal(success?.labels, { input: directory, cluster: 'c-7f3a' });
  assert.is(metrics.get('jaco_drill_last_attempt_success')?.value, '1');
  assert.is(metrics.get('jaco_drill_last_success_snapshot_index')?.value, '2');
});

test('records a failure and keeps the last success, also where there is nothing to rehearse any more', async () => {
  const directory = await backups();
  const path = scratch.path('jaco_drill.prom');
  const words = ['drill', '--newest-of', directory, '--metrics-file', path];
  await jacoSucceeds(words);
  const before = metricsIn(path);
  for (const name of readdirSync(directory)) writeFileSync(`${directory}/${name}`, 'damaged');
  const { code, stderr } = await runJaco([...words, '--quiet']);
  assert.is(code, 1);
  assert.match(stderr, /^Error: \S+ holds no backup that can be recognised\. /m);
  const after = metricsIn(path);
  assert.is(after.get('jaco_drill_last_attempt_success')?.value, '0');
  for (const name of before.keys()) if (!name.includes('attempt')) assert.equal(after.get(name), before.get(name));
});

test('does not record over the metrics of backups, or over the archive', async () => {
  const directory = await backups();
  const path = scratch.path('jaco_backup.prom');
  writeFileSync(path, 'jaco_backup_last_attempt_success 1\n');
  const words = ['drill', '--newest-of', directory, '--metrics-file'];
  assert.match(
    await jacoFails([...words, path]),
    'it holds something else. Name a new file, or one in which earlier drills',
  );
  const archive = `${directory}/a-new.tar.gz`;
  assert.match(await jacoFails(['drill', '--input', archive, '--metrics-file', archive]), 'name one file');
});

test('takes one archive, named one way', async () => {
  assert.match(
    await jacoFails(['drill', '--input', 'a', '--newest-of', 'b']),
    '--input and --newest-of name two archives.',
  );
  assert.match(await jacoFails(['drill']), '--input <file>, --newest-of <place> or --from <dir> is required');
});

test.run();
