import { lstatSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { backupPath, startMisbehavingDaemon } from '../adapters/grpc/misbehaving-daemon.js';
import { parseExposition } from '../builders/exposition.js';
import { inSchema } from '../builders/snapshot-metadata.js';
import { tarGzipArchive } from '../builders/tar-gzip-archive.js';
import { jacoFails, jacoSucceeds, nowhere, runJaco } from './jaco-process.js';
import { type RunningSandbox, startSandbox } from './running-sandbox.js';
import { scratchFor, sharedScratchFor } from './scratch-directory.js';

const test = suite('jaco backup, unattended');
const shared = sharedScratchFor(test);
const scratch = scratchFor(test);
let sandbox: RunningSandbox;

test.before(async () => {
  sandbox = await startSandbox(shared.path('node'), ['--name', 'node-1']);
});
test.after(async () => {
  await sandbox.stop();
});

test('puts the time into the name of the file, and prints the name that it got', async () => {
  const output = scratch.path('cluster-%Y-%j-%%.tar.gz');
  const stdout = await jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', output]);
  const [name = ''] = scratch.names();
  assert.match(name, /^cluster-20[0-9]{2}-[0-3][0-9]{2}-%\.tar\.gz$/);
  assert.is(stdout, `Wrote ${lstatSync(scratch.path(name)).size} bytes to ${scratch.path(name)}\n`);
});

test('takes the wall clock of this host, as date does', async () => {
  const hours: number[] = [];
  for (const TZ of ['UTC', 'UTC-5']) {
    const output = scratch.path(`${TZ} at %s=%H`);
    await jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', output], { environment: { TZ } });
    const name = scratch.names().find((each) => each.startsWith(`${TZ} at `)) ?? '';
    const [seconds, hour] = name.slice(`${TZ} at `.length).split('=').map(Number) as [number, number];
    hours.push((hour - new Date(seconds * 1000).getUTCHours() + 24) % 24);
  }
  assert.equal(hours, [0, 5]);
});

test('refuses a pattern that there is not, before anything is asked for', async () => {
  assert.is(
    await jacoFails(['backup', '--socket', nowhere, '--output', 'cluster-%q.tar.gz']),
    'Error: the output "cluster-%q.tar.gz" holds "%q", which is no pattern. ' +
      'Use %Y %m %d %H %M %S %F %T %s or %j, and %% for a percent sign.',
  );
});

test('says nothing of a success with --quiet', async () => {
  const flags = ['backup', '--quiet', '--socket', sandbox.socket, '--output', scratch.path('a.tar.gz')];
  assert.equal(await runJaco(flags), { code: 0, stdout: '', stderr: '' });
  assert.equal(scratch.names(), ['a.tar.gz']);
});

test('reports a failure with --quiet', async () => {
  const sentence = await jacoFails(['backup', '-q', '--socket', nowhere, '--output', scratch.path('a.tar.gz')]);
  assert.match(sentence, /^Error: .*\/nonexistent\/jaco/);
});

/** A daemon on the socket `s` that sends this archive. */
const daemonSending = (archive: Uint8Array) =>
  startMisbehavingDaemon(
    { socket: scratch.path('s') },
    {
      async [backupPath]({ sendChunk, end }) {
        await sendChunk(archive);
        end({ status: 0 });
      },
    },
  );

test('warns with --quiet', async () => {
  const archive = await tarGzipArchive(inSchema({ schemaVersion: 2 }), Buffer.from('an encrypted envelope'));
  const daemon = await daemonSending(archive);
  const end = await runJaco(['backup', '-q', '--socket', scratch.path('s'), '--output', scratch.path('a.tar.gz')]);
  await daemon.close();
  assert.is(end.stdout, '');
  assert.match(end.stderr, /^Warning: the archive has schema 2, [^\n]*\n$/);
});

const metricsIn = (path: string) => {
  const found = [...parseExposition(readFileSync(path, 'utf8'))];
  return Object.fromEntries(found.map(([name, { value }]) => [name.replace('jaco_backup_', ''), value]));
};

test('records a success for Prometheus, readable by everyone', async () => {
  const [output, metrics] = [scratch.path('a.tar.gz'), scratch.path('jaco.prom')];
  await jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', output, '--metrics-file', metrics]);
  const inspection = JSON.parse(await jacoSucceeds(['inspect', output, '-o', 'json']));
  const values = metricsIn(metrics);
  assert.is(values['last_attempt_success'], '1');
  assert.is(values['last_success_size_bytes'], String(lstatSync(output).size));
  assert.is(values['last_success_snapshot_index'], String(inspection.snapshot_index));
  assert.is(values['last_success_snapshot_term'], String(inspection.snapshot_term));
  assert.ok(Math.abs(Number(values['last_success_timestamp_seconds']) * 1000 - Date.now()) < 3_600_000);
  assert.ok(Number(values['last_success_duration_seconds']) > 0);
  assert.is(lstatSync(metrics).mode & 0o7777, 0o644);
  assert.equal(scratch.names(), ['a.tar.gz', 'jaco.prom']);
});

test('records 0 for an index and a term that an archive of a later schema does not have', async () => {
  const archive = await tarGzipArchive(Buffer.from('{"schema_version":2}'), Buffer.from('an encrypted envelope'));
  const [output, metrics] = [scratch.path('a.tar.gz'), scratch.path('jaco.prom')];
  const daemon = await daemonSending(archive);
  await jacoSucceeds(['backup', '--socket', scratch.path('s'), '--output', output, '--metrics-file', metrics]);
  await daemon.close();
  const values = metricsIn(metrics);
  assert.is(values['last_success_snapshot_index'], '0');
  assert.is(values['last_success_snapshot_term'], '0');
});

test('records a failure, and keeps the last success', async () => {
  const [output, metrics] = [scratch.path('a.tar.gz'), scratch.path('jaco.prom')];
  await jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', output, '--metrics-file', metrics]);
  const before = metricsIn(metrics);
  await jacoFails(['backup', '--socket', nowhere, '--output', output, '--metrics-file', metrics]);
  assert.equal(metricsIn(metrics), { ...before, last_attempt_success: '0' });
});

test('records a failure of a flag', async () => {
  await jacoFails(['backup', '--output', 'c-%q', '--metrics-file', scratch.path('jaco.prom')]);
  assert.equal(metricsIn(scratch.path('jaco.prom')), { last_attempt_success: '0' });
});

test('succeeds, and warns, where the metrics cannot be written', async () => {
  const flags = ['--socket', sandbox.socket, '--output', scratch.path('a.tar.gz'), '--metrics-file', '/dev/null'];
  const { code, stderr } = await runJaco(['backup', ...flags]);
  assert.is(code, 0);
  assert.ok(
    stderr.endsWith(
      'Warning: the metrics were not recorded: cannot write /dev/null: it is not a regular file. Give --metrics-file the path of a file.\n',
    ),
    stderr,
  );
  assert.ok(lstatSync('/dev/null').isCharacterDevice());
});

test('warns of a metrics file that no collector reads, and writes it', async () => {
  const [output, metrics] = [scratch.path('a.tar.gz'), scratch.path('jaco.txt')];
  const end = await runJaco([
    'backup',
    '--socket',
    sandbox.socket,
    '--output',
    output,
    '--metrics-file',
    metrics,
    '--quiet',
  ]);
  assert.is(end.code, 0);
  assert.match(end.stderr, /^Warning: the metrics file's name does not end in \.prom: [^\n]*\n$/);
  assert.equal(scratch.names(), ['a.tar.gz', 'jaco.txt']);
});

test.run();
