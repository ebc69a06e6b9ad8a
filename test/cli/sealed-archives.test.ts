import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { messages } from '../../src/adapters/contract/contract.js';
import { backupPath, startMisbehavingDaemon } from '../adapters/grpc/misbehaving-daemon.js';
import { placeKeyring, type RingName, sealedFixture } from '../builders/keyrings.js';
import { openSealedStore } from '../builders/sealed-store.js';
import { jacoSucceeds, runJaco } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('archives whose state is sealed');
const scratch = scratchFor(test);
const archive = (name = 'sealed-1') => sealedFixture(`${name}.tar.gz`);
const ring = (name: RingName = 'ring-1') => placeKeyring(name, scratch.path(`${name}.json`));
const keyFile = (name?: RingName) => ['--key-file', ring(name)];
const restoring = (...flags: readonly string[]) => [
  ...['restore', '--name', 'node-1', '--data-dir', scratch.path('data'), '--input', archive()],
  ...flags,
];

function filesIn(directory: string): readonly string[] {
  const found = readdirSync(directory, { recursive: true, encoding: 'utf8', withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** The archive with a change in its tar. */
function changedArchive(change: (tar: Buffer) => Buffer): string {
  writeFileSync(scratch.path('changed.tar.gz'), gzipSync(change(gunzipSync(readFileSync(archive())))));
  return scratch.path('changed.tar.gz');
}

/** Where snapshot.bin begins in the tar, behind one block of metadata. */
const snapshotAt = 512 + 512 + 512;

test('inspect looks into one with its ring, and tells under which key it is sealed', async () => {
  const stdout = await jacoSucceeds(['inspect', archive(), ...keyFile()]);
  assert.match(stdout, /^Sealed: {4}under the key cluster-v1, which the keyring at hand opens$/m);
  assert.match(stdout, /^deployments +12 /m);
  assert.match(stdout, /\nRestore: {3}accepted /);
});

test('inspect takes the ring from the environment, and from the credentials of systemd', async () => {
  const asked = ['inspect', archive(), '-o', 'json'];
  placeKeyring('ring-1', scratch.path('jaco-state-keys'));
  for (const environment of [{ JACO_STATE_KEY_FILE: ring() }, { CREDENTIALS_DIRECTORY: scratch.path() }]) {
    const stdout = await jacoSucceeds(asked, { environment });
    assert.equal(JSON.parse(stdout).seal, { key_id: 'cluster-v1', keyring: 'opens' });
  }
});

test('inspect says what is missing without a ring, and what is wrong with another', async () => {
  const without = await runJaco(['inspect', archive()]);
  assert.is(without.code, 1);
  assert.match(without.stdout, 'Sealed:    under the key cluster-v1, and no keyring is at hand');
  assert.match(without.stderr, /no keyring is at hand\. Name the file with the cluster's keyring with --key-file /);
  const other = await runJaco(['inspect', archive(), ...keyFile('other-ring')]);
  assert.is(other.code, 1);
  assert.match(other.stdout, 'which the keyring at hand does not open');
  assert.match(
    other.stderr,
    'the key cluster-v1 of the keyring at hand does not open it. If it is the right ring, meta.json or',
  );
  const newer = await runJaco(['inspect', archive('sealed-2'), ...keyFile('ring-1')]);
  assert.match(
    newer.stderr,
    'it is sealed under the key cluster-v2, which the keyring at hand does not hold. Name the',
  );
});

test('diff finds the same state in what was encrypted again under another ring', async () => {
  const stdout = await jacoSucceeds(['diff', archive(), archive('sealed-2'), ...keyFile('ring-2'), '-o', 'json']);
  assert.is(JSON.parse(stdout).identical, true);
});

test('restore makes a store that a newer daemon with that ring boots from', async () => {
  await jacoSucceeds(restoring(...keyFile()));
  const { state, commands } = await openSealedStore(scratch.path('data/raft'), 'ring-1');
  assert.match(state.toString('latin1'), 'sealed-11');
  assert.is(commands.length, 1);
  const { batch } = messages.command.decode(commands[0] as Buffer);
  assert.is(batch?.children[0]?.nodeJoin?.hostname, 'node-1');
});

test('restore seals under the whole ring that it is given, whichever key opened the archive', async () => {
  await jacoSucceeds(restoring(...keyFile('ring-2')));
  await openSealedStore(scratch.path('data/raft'), 'ring-2');
  let refusal: unknown;
  await openSealedStore(scratch.path('data/raft'), 'ring-1').catch((error: unknown) => (refusal = error));
  assert.match(String(refusal), 'no such key');
});

test('restore leaves nothing of the state in the clear', async () => {
  await jacoSucceeds(restoring(...keyFile(), '--no-identity'));
  for (const path of filesIn(scratch.path('data'))) assert.not.match(readFileSync(path, 'latin1'), 'sealed-11', path);
});

for (const [what, input, flags, reason] of [
  ['another key of the same name', () => archive(), () => keyFile('other-ring'), 'does not open it'],
  ['a ring without the key', () => archive('sealed-2'), () => keyFile('ring-1'), 'does not hold'],
  ['no ring', () => archive(), () => [], 'no keyring is at hand'],
  [
    'one byte of white space more in meta.json',
    () =>
      changedArchive((tar) => {
        const size = Number.parseInt(tar.toString('latin1', 124, 135), 8);
        tar.write(' ', 512 + size);
        tar.write((size + 1).toString(8).padStart(11, '0'), 124);
        tar.write('        ', 148);
        const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
        tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
        return tar;
      }),
    () => keyFile(),
    'meta.json or the head of snapshot.bin was changed',
  ],
  [
    'a changed byte in the state',
    () =>
      changedArchive((tar) => {
        tar[snapshotAt + 2_000] = (tar[snapshotAt + 2_000] as number) ^ 1;
        return tar;
      }),
    () => keyFile(),
    'it is not what was sealed: its bytes were changed, or cut short',
  ],
  [
    'an archive that is cut short',
    () => changedArchive((tar) => tar.subarray(0, snapshotAt + 3_000)),
    () => keyFile(),
    'is not a complete backup',
  ],
] as const) {
  test(`restore refuses ${what}, and leaves nothing behind`, async () => {
    const end = await runJaco(restoring('--input', input(), ...flags()));
    assert.is(end.code, 1);
    assert.match(end.stderr, reason);
    assert.equal(scratch.names('data'), []);
  });
}

test('restore refuses a ring that lies in the data directory', async () => {
  scratch.directory('data');
  const path = placeKeyring('ring-1', scratch.path('data', 'ring.json'));
  const end = await runJaco(restoring('--key-file', path, '--into-other-files'));
  assert.is(end.code, 1);
  assert.match(end.stderr, 'it is in the data directory');
  assert.equal(scratch.names('data'), ['ring.json']);
});

test('drill says of one with its ring what it says of a plain one, and nothing stays', async () => {
  scratch.directory('work');
  const drilling = [
    'drill',
    '--input',
    archive(),
    '--name',
    'node-1',
    '--work-dir',
    scratch.path('work'),
    '-o',
    'json',
  ];
  const { restores, checks, deployments } = JSON.parse(await jacoSucceeds([...drilling, ...keyFile()]));
  assert.is(restores, true);
  assert.equal(
    checks.map((check: string) => check.replace(/\d+ bytes/, '… bytes')),
    [
      'the node node-1 came up as the single voter and leads',
      "its state is the archive's, byte for byte (… bytes)",
      'RESTORE_COMPLETED stands in its audit log, for index 15',
    ],
  );
  assert.is(deployments.count, 12);
  const refused = await runJaco([...drilling, ...keyFile('other-ring')]);
  assert.is(refused.code, 1);
  assert.match(refused.stderr, 'does not open it');
  assert.equal(scratch.names('work'), []);
});

test('a sandbox without the ring refuses a sealed store, and leaves it as it was', async () => {
  await jacoSucceeds(restoring(...keyFile()));
  const before = readFileSync(scratch.path('data/raft/log.db'));
  const end = await runJaco(['sandbox', '--data-dir', scratch.path('data')]);
  assert.is(end.code, 1);
  assert.match(end.stderr, 'is sealed under the keyring of its cluster, and no keyring is at hand');
  assert.ok(readFileSync(scratch.path('data/raft/log.db')).equals(before));
});

test('backup looks into what it saves with the ring, and keeps nothing that does not open', async () => {
  const sent = readFileSync(archive());
  const daemon = await startMisbehavingDaemon(
    { socket: scratch.path('s') },
    {
      async [backupPath]({ sendChunk, end }) {
        await sendChunk(sent);
        end({ status: 0 });
      },
    },
  );
  const taking = ['backup', '--socket', scratch.path('s'), '--output', scratch.path('out', 'a.tar.gz')];
  scratch.directory('out');
  const refused = await runJaco([...taking, ...keyFile('other-ring')]);
  assert.is(refused.code, 1);
  assert.match(refused.stderr, 'does not open it');
  assert.equal(scratch.names('out'), []);
  const without = await runJaco(taking);
  assert.match(without.stderr, 'nobody has looked into its state, which is sealed');
  const saved = await runJaco([...taking, ...keyFile()]);
  await daemon.close();
  assert.is(saved.stderr, '');
  assert.is(saved.code, 0);
  assert.ok(readFileSync(scratch.path('out', 'a.tar.gz')).equals(sent));
});

test.run();
