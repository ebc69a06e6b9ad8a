import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Answer,
  backupPath,
  type MisbehavingDaemon,
  startMisbehavingDaemon,
} from '../adapters/grpc/misbehaving-daemon.js';
import { snapshotOf } from '../builders/snapshot-bytes.js';
import { metadataWith } from '../builders/snapshot-metadata.js';
import { tarGzipArchive } from '../builders/tar-gzip-archive.js';
import { goodArchive } from '../faults/source-side-trial.js';
import { jacoFails, jacoSucceeds, runJaco, startJaco } from './jaco-process.js';
import { startSandbox } from './running-sandbox.js';
import { scratchFor } from './scratch-directory.js';
import { until } from './waiting.js';

const test = suite('several jaco at once');
const scratch = scratchFor(test);
const archive = await goodArchive(randomBytes(2 * 1024 * 1024));
let daemon: MisbehavingDaemon | undefined;

test.after.each(async () => {
  await daemon?.close();
  daemon = undefined;
});

test('lets one of two backups to one file win, and the other say why it did not', async () => {
  const waiting: (() => void)[] = [];
  const inTwoHalves: Answer = async ({ sendChunk, end }) => {
    await sendChunk(archive.subarray(0, archive.length / 2));
    await new Promise<void>((resolve) => waiting.push(resolve));
    await sendChunk(archive.subarray(archive.length / 2));
    end({ status: 0 });
  };
  daemon = await startMisbehavingDaemon({ socket: scratch.path('s') }, { [backupPath]: inTwoHalves });
  const parameters = ['backup', '--socket', scratch.path('s'), '--output', scratch.path('a.tar.gz')];
  const first = startJaco(parameters);
  await until(() => existsSync(scratch.path('.a.tar.gz.part')));
  assert.match(
    await jacoFails(parameters),
    /^Error: cannot write \S+a\.tar\.gz: another backup is writing it\. Wait for it to end, or choose another file\.$/,
  );
  await until(() => waiting.length > 0);
  for (const resume of waiting) resume();
  assert.is((await first.ended).code, 0);
  assert.ok(readFileSync(scratch.path('a.tar.gz')).equals(archive));
  assert.equal(scratch.names(), ['a.tar.gz', 's']);
});

test('lets backups to several files run side by side', async () => {
  const sandbox = await startSandbox(scratch.path('node'), ['--name', 'node-1']);
  const names = ['a', 'b', 'c', 'd'];
  await Promise.all(
    names.map((name) => jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', scratch.path(name)])),
  );
  assert.equal(scratch.names(), ['a', 'b', 'c', 'd', 'node']);
  await sandbox.stop();
});

test('lets one of several restores into one directory win, whole', async () => {
  const metadata = metadataWith();
  writeFileSync(scratch.path('c.tar.gz'), await tarGzipArchive(metadata, snapshotOf(metadata.clusterId, 2_000_000)));
  const restoreAs = (name: string) =>
    runJaco(['restore', '--input', scratch.path('c.tar.gz'), '--name', name, '--data-dir', scratch.path('data')]);
  const names = ['node-1', 'node-2', 'node-3', 'node-4'];
  const ends = await Promise.all(names.map(restoreAs));
  const winners = names.filter((_, at) => ends[at]?.code === 0);
  assert.is(winners.length, 1, JSON.stringify(ends));
  for (const { stderr } of ends.filter(({ code }) => code !== 0)) {
    assert.match(
      stderr,
      /^Error: cannot (restore into|put the restored store into) .*(another restore or recovery is working on it, or a sandbox runs there|already exists|exists)\. /m,
    );
  }
  assert.equal(scratch.names('data'), ['raft', 'restore.txt']);
  const sandbox = await startSandbox(scratch.path('data'));
  assert.match(sandbox.text, new RegExp(`^Node: {5}${winners[0]}\\n.*restored; RESTORE_COMPLETED`));
  await sandbox.stop();
});

test('lets one of two sandboxes on one fresh directory win, with its own token', async () => {
  const starts = ['s1', 's2'].map((socket) =>
    startJaco(['sandbox', '--data-dir', scratch.path('node'), '--name', 'node-1', '--socket', scratch.path(socket)]),
  );
  const ready = await Promise.all(
    starts.map((one) =>
      one.printed('Ready.\n').then(
        () => true,
        () => false,
      ),
    ),
  );
  assert.equal(ready.toSorted(), [false, true]);
  for (const one of starts) one.process.kill('SIGTERM');
  const ends = await Promise.all(starts.map((one) => one.ended));
  assert.match(
    ends[ready.indexOf(false)]?.stderr ?? '',
    /^Error: cannot boot \S+\/node: another jaco process uses it\. /,
  );

  const sandbox = await startSandbox(scratch.path('node'), ['--listen', '127.0.0.1:0']);
  const environment = { JACO_TOKEN: readFileSync(scratch.path('node', 'operator-token'), 'utf8') };
  const overTls = ['--server', sandbox.server, '--ca-cert', sandbox.caCertificate];
  await jacoSucceeds(['backup', ...overTls, '--output', scratch.path('a.tar.gz')], { environment });
  await sandbox.stop();
});

test.run();
