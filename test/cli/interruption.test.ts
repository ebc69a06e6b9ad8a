import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { backupPath, type MisbehavingDaemon, startMisbehavingDaemon } from '../adapters/grpc/misbehaving-daemon.js';
import { snapshotOf } from '../builders/snapshot-bytes.js';
import { metadataWith } from '../builders/snapshot-metadata.js';
import { metadataEntry, snapshotEntry, tar } from '../builders/tar-gzip-archive.js';
import { goodArchive } from '../faults/source-side-trial.js';
import { type RunningJaco, startJaco } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';
import { until } from './waiting.js';

const test = suite('jaco that is told to stop');
const scratch = scratchFor(test);
const archive = await goodArchive(randomBytes(2 * 1024 * 1024));
let daemon: MisbehavingDaemon | undefined;

/** Large when restored, small as a file: a deployment of zeros. */
const metadata = metadataWith();
const large = await largeArchive(192 * 1024 * 1024);

async function largeArchive(sizeBytes: number): Promise<Uint8Array> {
  const state = Buffer.alloc(sizeBytes);
  const cluster = snapshotOf(metadata.clusterId);
  state.set(cluster);
  const at = cluster.length;
  // Field 3 (deployments), whose length fills the rest: a varint of five bytes.
  const length = sizeBytes - at - 6;
  state.writeUInt8(0x1a, at);
  for (let byte = 0; byte < 5; byte++) {
    state.writeUInt8((Math.floor(length / 128 ** byte) % 128) | (byte < 4 ? 0x80 : 0), at + 1 + byte);
  }
  return gzipSync(await tar(metadataEntry(metadata), snapshotEntry(state)), { level: 1 });
}

test.after.each(async () => {
  await daemon?.close();
  daemon = undefined;
});

/** A backup that has half of its archive and waits for the rest. */
async function stalledBackup(): Promise<RunningJaco> {
  daemon = await startMisbehavingDaemon(
    { socket: scratch.path('s') },
    { [backupPath]: ({ sendChunk }) => sendChunk(archive.subarray(0, archive.length / 2)) },
  );
  writeFileSync(`${scratch.directory('out')}/old.tar.gz`, 'the archive of yesterday');
  const running = startJaco(['backup', '--socket', scratch.path('s'), '--output', scratch.path('out', 'old.tar.gz')]);
  const part = scratch.path('out', '.old.tar.gz.part');
  await until(() => existsSync(part) && statSync(part).size > 100_000);
  return running;
}

/** A restore that is writing its snapshot. */
async function runningRestore(data: string): Promise<RunningJaco> {
  writeFileSync(scratch.path('c.tar.gz'), large);
  const parameters = ['--input', scratch.path('c.tar.gz'), '--name', 'node-1', '--data-dir', data];
  const running = startJaco(['restore', ...parameters]);
  await until(() => existsSync(`${data}/raft.restoring`) || running.process.exitCode !== null);
  return running;
}

/** Null: it ends by the signal itself, for which a shell says 129. */
const codes = { SIGINT: 130, SIGQUIT: 131, SIGTERM: 143, SIGHUP: null } as const;

for (const [signal, code] of Object.entries(codes) as [keyof typeof codes, number | null][]) {
  const ending = code === null ? `ends by it` : `exits with ${code}`;
  test(`cleans up a backup on ${signal} and ${ending}`, async () => {
    const running = await stalledBackup();
    running.process.kill(signal);
    assert.equal(await running.ended, {
      code,
      stdout: '',
      stderr: 'Interrupted: everything unfinished was removed.\n',
    });
    assert.is(running.process.signalCode, code === null ? signal : null);
    assert.equal(scratch.names('out'), ['old.tar.gz']);
    assert.is(readFileSync(scratch.path('out', 'old.tar.gz'), 'utf8'), 'the archive of yesterday');
  });

  test(`cleans up a backup also where ${signal} comes again and again, as from timeout(1) and wrappers`, async () => {
    const running = await stalledBackup();
    const sending = setInterval(() => running.process.kill(signal), 1);
    const { stderr } = await running.ended.finally(() => clearInterval(sending));
    assert.is(stderr, 'Interrupted: everything unfinished was removed.\n');
    assert.equal(scratch.names('out'), ['old.tar.gz']);
  });

  test(`cleans up a restore on ${signal} and ${ending}`, async () => {
    const running = await runningRestore(scratch.path('new', 'data'));
    running.process.kill(signal);
    assert.equal(await running.ended, {
      code,
      stdout: '',
      stderr: 'Interrupted: everything unfinished was removed.\n',
    });
    assert.equal(scratch.names(), ['c.tar.gz']);
  });
}

test('leaves what was in the data directory when a restore is interrupted', async () => {
  scratch.directory('data', 'wg');
  writeFileSync(scratch.path('data', 'keep'), 'precious');
  const running = await runningRestore(scratch.path('data'));
  running.process.kill('SIGINT');
  assert.is((await running.ended).code, 130);
  assert.equal(scratch.names('data'), ['keep', 'wg']);
});

test('stops a restore that still waits for the version of jacod', async () => {
  writeFileSync(scratch.path('c.tar.gz'), archive);
  const jacod = `${scratch.directory('bin')}/jacod`;
  writeFileSync(
    jacod,
    `#!/bin/sh\ntouch ${scratch.path('asked')}\nexec ${process.execPath} -e 'setTimeout(() => {}, 1500)'\n`,
  );
  chmodSync(jacod, 0o755);
  const parameters = ['--input', scratch.path('c.tar.gz'), '--name', 'node-1', '--data-dir', scratch.path('data')];
  const environment = { PATH: `${scratch.path('bin')}:/usr/bin:/bin` };
  const running = startJaco(['restore', ...parameters], { environment });
  await until(() => existsSync(scratch.path('asked')));
  running.process.kill('SIGTERM');
  assert.is((await running.ended).code, 143);
  assert.not.ok(existsSync(scratch.path('data')));
});

test('stops asking for a status', async () => {
  daemon = await startMisbehavingDaemon({ socket: scratch.path('s') }, { '/jaco.v1.Cluster/Status': () => undefined });
  const running = startJaco(['cluster', 'status', '--socket', scratch.path('s')]);
  await until(() => daemon?.received.length === 1);
  running.process.kill('SIGINT');
  assert.is((await running.ended).code, 130);
});

test.run();
