import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { calls } from '../../src/adapters/contract/contract.js';
import {
  auditPath,
  backupPath,
  type MisbehavingDaemon,
  startMisbehavingDaemon,
} from '../adapters/grpc/misbehaving-daemon.js';
import { snapshotOf } from '../builders/snapshot-bytes.js';
import { metadataWith } from '../builders/snapshot-metadata.js';
import { tarGzipArchive } from '../builders/tar-gzip-archive.js';
import { jacoProgram, jacoSucceeds, type RunningJaco, runJaco, startJaco } from './jaco-process.js';
import { type RunningSandbox, startSandbox } from './running-sandbox.js';
import { scratchFor, sharedScratchFor } from './scratch-directory.js';
import { until } from './waiting.js';

const test = suite('output that nobody reads or that cannot be written');
const shared = sharedScratchFor(test);
const scratch = scratchFor(test);
let sandbox: RunningSandbox;
let daemon: MisbehavingDaemon | undefined;

test.before(async () => {
  sandbox = await startSandbox(shared.path('node'), ['--name', 'node-1']);
});
test.after(async () => {
  await sandbox.stop();
});
test.after.each(async () => {
  await daemon?.close();
  daemon = undefined;
});

/** Reads one piece of the output and goes away, as `head -1` does. */
function likeHead({ process: child }: RunningJaco): void {
  child.stdout?.once('data', () => child.stdout?.destroy());
}

test('ends without an error when the reader of the audit log closes the pipe', async () => {
  const event = calls.auditQuery.response.encode({ raftIndex: '7', type: 13, identity: 'x'.repeat(200) });
  daemon = await startMisbehavingDaemon(
    { socket: scratch.path('s') },
    {
      async [auditPath]({ send, end }) {
        for (let count = 0; count < 5_000; count++) await send(event);
        end({ status: 0 });
      },
    },
  );
  const running = startJaco(['audit', '--socket', scratch.path('s')]);
  likeHead(running);
  const { code, stderr } = await running.ended;
  assert.is(stderr, '');
  assert.is(code, 0);
});

test('ends without an error when the reader of the help closes the pipe at once', async () => {
  const running = startJaco(['backup', '--help']);
  running.process.stdout?.destroy();
  const { code, stderr } = await running.ended;
  assert.is(stderr, '');
  assert.is(code, 0);
});

test('keeps serving when the reader of a sandbox’s first line has closed the pipe', async () => {
  const running = startJaco(['sandbox', '--data-dir', scratch.path('node')]);
  await running.printed('Ready.\n');
  running.process.stdout?.destroy();
  const status = await runJaco(['cluster', 'status', '--socket', scratch.path('node', 'jaco.sock')]);
  assert.is(status.code, 0);
  running.process.kill('SIGTERM');
  assert.is((await running.ended).code, 0);
});

for (const words of [['--version'], ['--help'], ['cluster', 'status'], ['audit']]) {
  test(`says that the output of "jaco ${words.join(' ')}" cannot be written to a full disk`, async () => {
    const stdout = openSync('/dev/full', 'w');
    const { code, stderr } = await runJaco(words, { stdout, environment: { JACO_SOCKET: sandbox.socket } });
    closeSync(stdout);
    assert.is(code, 1);
    assert.match(stderr, /^Error: cannot write to standard output: no space left on the device\. .*\n$/);
  });
}

test('warns, and succeeds, when a backup is done and only the message cannot be written', async () => {
  const stdout = openSync('/dev/full', 'w');
  const output = scratch.path('a.tar.gz');
  const { code, stderr } = await runJaco(['backup', '--socket', sandbox.socket, '--output', output], { stdout });
  closeSync(stdout);
  assert.is(code, 0);
  assert.match(stderr, /^Warning: it is done, but cannot write to standard output: no space left on the device\. /);
  assert.ok(statSync(output).size > 1_000);
});

for (const format of ['text', 'json']) {
  test(`warns, and succeeds, when a restore is done and only its ${format} cannot be written`, async () => {
    await jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', scratch.path('a.tar.gz')]);
    const stdout = openSync('/dev/full', 'w');
    const flags = ['--input', scratch.path('a.tar.gz'), '--name', 'node-1', '--data-dir', scratch.path('data')];
    const address = ['--advertise-addr', '10.0.0.5:7001', '-o', format];
    const { code, stderr } = await runJaco(['restore', ...flags, ...address], { stdout });
    closeSync(stdout);
    assert.is(code, 0, stderr);
    assert.match(stderr, /^Warning: it is done, but cannot write to standard output: /m);
    assert.ok(statSync(scratch.path('data', 'raft', 'log.db')).size > 0);
  });
}

test('takes no backup to a standard output that is closed', () => {
  const program = `exec "$0" "$1" backup --socket "$2" --output - >&-`;
  const end = spawnSync('sh', ['-c', program, process.execPath, jacoProgram, sandbox.socket], { encoding: 'utf8' });
  assert.is(end.status, 1);
  assert.match(
    end.stderr,
    /^Error: the archive should go to standard output, which is closed\. Give --output a file, /,
  );
});

test('takes a backup to /dev/null on request', () => {
  const program = `exec "$0" "$1" backup --socket "$2" --output - >/dev/null`;
  const end = spawnSync('sh', ['-c', program, process.execPath, jacoProgram, sandbox.socket], { encoding: 'utf8' });
  assert.is(end.status, 0, end.stderr);
});

test('fails a backup into a pipe whose reader closes it', async () => {
  const running = startJaco(['backup', '--socket', sandbox.socket, '--output', '-']);
  running.process.stdout?.destroy();
  const { code, stderr } = await running.ended;
  assert.is(code, 1);
  assert.match(stderr, /^Error: cannot write to standard output: whoever read it has gone\. /);
});

test('fails a backup to a full disk, and leaves nothing', async () => {
  const stdout = openSync('/dev/full', 'w');
  const { code, stderr } = await runJaco(['backup', '--socket', sandbox.socket, '--output', '-'], { stdout });
  closeSync(stdout);
  assert.is(code, 1);
  assert.match(stderr, /^Error: cannot write to standard output: no space left on the device\. .*\n$/);
});

test('lets a backup be interrupted that waits for a reader who does not read', async () => {
  const metadata = metadataWith();
  const archive = await tarGzipArchive(metadata, snapshotOf(metadata.clusterId, 300_000));
  const chunk = calls.backup.response.encode({ data: Buffer.from(archive) });
  daemon = await startMisbehavingDaemon(
    { socket: scratch.path('s') },
    {
      async [backupPath]({ send, end }) {
        await send(chunk);
        end({ status: 0 });
      },
    },
  );
  execFileSync('mkfifo', [scratch.path('pipe')]);
  const reading = openSync(scratch.path('pipe'), constants.O_RDONLY | constants.O_NONBLOCK);
  const stdout = openSync(scratch.path('pipe'), 'w');
  const running = startJaco(['backup', '--socket', scratch.path('s'), '--output', '-'], { stdout });
  await until(() => hasContent(reading));
  running.process.kill('SIGINT');
  await until(() => running.process.exitCode !== null);
  closeSync(stdout);
  closeSync(reading);
  const { code, stderr } = await running.ended;
  assert.is(stderr, 'Interrupted: everything unfinished was removed.\n');
  assert.is(code, 130);
});

/** Takes a byte; what else is there is more than the pipe holds. */
function hasContent(pipe: number): boolean {
  try {
    return readSync(pipe, new Uint8Array(1)) > 0;
  } catch {
    return false;
  }
}

test('writes a whole status into a file', async () => {
  const stdout = openSync(scratch.path('status'), 'w');
  const environment = { JACO_SOCKET: sandbox.socket };
  assert.is((await runJaco(['cluster', 'status'], { stdout, environment })).code, 0);
  closeSync(stdout);
  assert.match(readFileSync(scratch.path('status'), 'utf8'), /^Status: .*\n(.*\n)*\s+- edge-2 .*\n$/);
});

test.run();
