import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { backupPath, type MisbehavingDaemon, startMisbehavingDaemon } from '../adapters/grpc/misbehaving-daemon.js';
import { goodArchive } from '../faults/source-side-trial.js';
import { skipCases } from '../skipping.js';
import { jacoFails, jacoSucceeds, startJaco } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';
import { until } from './waiting.js';

const test = suite('encrypted archives');
const scratch = scratchFor(test);
const identity = await generateIdentity();
const recipient = await identityToRecipient(identity);
const stranger = await generateIdentity();
const archive = await goodArchive(randomBytes(2 * 1024 * 1024));
const sealedHeader = 'age-encryption.org/v1\n';
let daemon: MisbehavingDaemon | undefined;

test.before.each(() => {
  writeFileSync(scratch.path('key.txt'), `${identity}\n`, { mode: 0o600 });
  writeFileSync(scratch.path('other.txt'), `${stranger}\n`, { mode: 0o600 });
  scratch.directory('tmp');
});

test.after.each(async () => {
  await daemon?.close();
  daemon = undefined;
});

/** A daemon that sends `bytes` of the archive, and then ends or stalls. */
async function serve(bytes: Uint8Array, ending: 'end' | 'stall'): Promise<void> {
  daemon = await startMisbehavingDaemon(
    { socket: scratch.path('s') },
    {
      [backupPath]: async ({ sendChunk, end }) => {
        await sendChunk(bytes);
        if (ending === 'end') end({ status: 0, message: '' });
      },
    },
  );
}

const sealing = () => [
  ...['backup', '--socket', scratch.path('s'), '--output', scratch.path('out', 'c.age'), '--encrypt-to', recipient],
];
const circumstances = () => ({ environment: { TMPDIR: scratch.path('tmp') } });

/** A finished one. */
async function sealedArchive(): Promise<string> {
  scratch.directory('out');
  await serve(archive, 'end');
  await jacoSucceeds(sealing(), circumstances());
  return scratch.path('out', 'c.age');
}

/** Whether `bytes` hold any 64 bytes of the archive. */
function holdsPlaintext(bytes: Buffer): boolean {
  for (let at = 0; at + 64 <= archive.length; at += 4096) {
    if (bytes.includes(archive.subarray(at, at + 64))) return true;
  }
  return false;
}

test('are on the disk while a backup runs, without any plaintext', async () => {
  scratch.directory('out');
  await serve(archive.subarray(0, archive.length / 2), 'stall');
  const running = startJaco(sealing(), circumstances());
  const part = scratch.path('out', '.c.age.part');
  await until(() => existsSync(part) && readFileSync(part).length > 500_000);
  // Next to it is the lock, an empty socket.
  assert.equal(
    scratch.names('out').filter((name) => !name.startsWith('.jaco-lock-')),
    ['.c.age.part'],
  );
  assert.is(readFileSync(part).subarray(0, sealedHeader.length).toString(), sealedHeader);
  assert.not(holdsPlaintext(readFileSync(part)));
  assert.equal(scratch.names('tmp'), []);
  running.process.kill('SIGINT');
  await running.ended;
});

test('hold no plaintext when they are done, and leave no other files', async () => {
  const path = await sealedArchive();
  assert.not(holdsPlaintext(readFileSync(path)));
  assert.equal(scratch.names('out'), ['c.age']);
  assert.equal(scratch.names('tmp'), []);
});

test('are restored, inspected, compared and rehearsed with their identity', async () => {
  const path = await sealedArchive();
  const key = ['--identity', scratch.path('key.txt')];
  const flags = ['--name', 'node-1', '--advertise-addr', '10.0.0.5:7001', '--daemon-version', 'v0.3.9'];
  await jacoSucceeds(['inspect', path, ...key]);
  await jacoSucceeds(['diff', path, path, ...key]);
  await jacoSucceeds(['drill', '--input', path, ...key], circumstances());
  await jacoSucceeds(
    ['restore', '--input', path, '--data-dir', scratch.path('data'), ...flags, ...key],
    circumstances(),
  );
  assert.ok(existsSync(scratch.path('data', 'raft', 'log.db')));
  assert.equal(scratch.names('tmp'), []);
});

test('say whether the identity or the file is wrong', async () => {
  const path = await sealedArchive();
  const damaged = readFileSync(path);
  damaged.writeUInt8(damaged.readUInt8(damaged.length - 10) ^ 1, damaged.length - 10);
  writeFileSync(scratch.path('damaged.age'), damaged);
  const complaints = [
    await jacoFails(['inspect', path]),
    await jacoFails(['inspect', path, '--identity', scratch.path('other.txt')]),
    await jacoFails(['inspect', scratch.path('damaged.age'), '--identity', scratch.path('key.txt')]),
  ];
  assert.is(new Set(complaints).size, 3);
  for (const complaint of complaints) assert.match(complaint, /^Error: [^\n]+$/);
  assert.match(complaints[0] ?? '', /--identity/);
});

if (spawnSync('age', ['--version']).status === 0) {
  test('are opened by age itself to the very archive, and those that age made are read', async () => {
    const path = await sealedArchive();
    const opened = spawnSync('age', ['-d', '-i', scratch.path('key.txt'), path], { maxBuffer: 16 * 1024 * 1024 });
    assert.ok(opened.stdout.equals(Buffer.from(archive)));
    const made = scratch.path('made.age');
    assert.is(spawnSync('age', ['-e', '-r', recipient, '-o', made], { input: archive }).status, 0);
    await jacoSucceeds(['inspect', made, '--identity', scratch.path('key.txt')]);
  });
} else {
  skipCases('archives of the program age: age is not installed');
}

test.run();
