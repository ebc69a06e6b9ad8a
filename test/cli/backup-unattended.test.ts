import { lstatSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { backupPath, startMisbehavingDaemon } from '../adapters/grpc/misbehaving-daemon.js';
import { metadataWith } from '../builders/snapshot-metadata.js';
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
    const output = scratch.path('%s=%H');
    await jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', output], { environment: { TZ } });
    const [seconds, hour] = (scratch.names().at(-1) ?? '').split('=').map(Number) as [number, number];
    hours.push((hour - new Date(seconds * 1000).getUTCHours() + 24) % 24);
  }
  assert.equal(hours, [0, 5]);
});

test('refuses a pattern that there is not, before anything is asked for', async () => {
  assert.is(
    await jacoFails(['backup', '--socket', nowhere, '--output', 'cluster-%q.tar.gz']),
    'Error: --output "cluster-%q.tar.gz" holds "%q", which is no pattern. ' +
      'Use %Y %m %d %H %M %S %F %T %s or %j, and %% for a percent sign.',
  );
});

test('says nothing of a success with --quiet', async () => {
  const flags = ['backup', '--quiet', '--socket', sandbox.socket, '--output', scratch.path('a.tar.gz')];
  assert.equal(await runJaco(flags), { code: 0, stdout: '', stderr: '' });
  assert.equal(scratch.names(), ['a.tar.gz']);
});

test('tells of a failure with --quiet', async () => {
  const sentence = await jacoFails(['backup', '-q', '--socket', nowhere, '--output', scratch.path('a.tar.gz')]);
  assert.match(sentence, /^Error: .*\/nonexistent\/jaco/);
});

test('warns with --quiet', async () => {
  const archive = await tarGzipArchive(metadataWith({ schemaVersion: 2 }), Buffer.from('an encrypted envelope'));
  const daemon = await startMisbehavingDaemon(
    { socket: scratch.path('s') },
    {
      async [backupPath]({ sendChunk, end }) {
        await sendChunk(archive);
        end({ status: 0 });
      },
    },
  );
  const end = await runJaco(['backup', '-q', '--socket', scratch.path('s'), '--output', scratch.path('a.tar.gz')]);
  await daemon.close();
  assert.is(end.stdout, '');
  assert.match(end.stderr, /^Warning: the archive has schema 2, [^\n]*\n$/);
});

test.run();
