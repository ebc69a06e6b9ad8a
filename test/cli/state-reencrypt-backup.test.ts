import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { placeKeyring, type RingName, sealedFixture } from '../builders/keyrings.js';
import { snapshotOf } from '../builders/snapshot-bytes.js';
import { metadataWith } from '../builders/snapshot-metadata.js';
import { tarGzipArchive } from '../builders/tar-gzip-archive.js';
import { jacoFails, jacoSucceeds, startJaco } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';
import { until } from './waiting.js';

const test = suite('jaco state reencrypt-backup');
const scratch = scratchFor(test);
const ring = (name: RingName) => placeKeyring(name, scratch.path(`${name}.json`));
const fixture = (name: string) => sealedFixture(`${name}.tar.gz`);
const plainFixture = 'test/fixtures/same-state-1.tar.gz';
const reencrypting = (input: string, ...flags: readonly string[]) => [
  ...['state', 'reencrypt-backup', '--input', input, '--file', scratch.path('new.tar.gz')],
  ...flags,
];
const toRing2 = () => ['--key-file', ring('ring-1'), '--new-key-file', ring('ring-2')];

/** Where snapshot.bin begins in the tar, behind one block of metadata. */
const snapshotAt = 512 + 512 + 512;

function flipped(bytes: Buffer, position: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(position) ^ 1, position);
  return changed;
}

/** What `jaco diff` finds between two archives. */
async function identical(one: string, other: string, keyFile: string): Promise<boolean> {
  return JSON.parse(await jacoSucceeds(['diff', one, other, '--key-file', keyFile, '-o', 'json'])).identical;
}

/** The first entry of the tar: a block that says what it is, and the bytes. */
const metadataIn = (path: string) =>
  gunzipSync(readFileSync(path))
    .subarray(512, 512 + 236)
    .toString();

test("makes of sealed-1 what the daemon's own program made of it", async () => {
  const before = readFileSync(fixture('sealed-1'));
  const stdout = await jacoSucceeds(reencrypting(fixture('sealed-1'), ...toRing2()));
  assert.match(stdout, /sealed with the key cluster-v2, from .*sealed-1\.tar\.gz, which is unchanged\.\nCluster: /);
  assert.is(await identical(scratch.path('new.tar.gz'), fixture('sealed-2'), ring('ring-2')), true);
  assert.is(metadataIn(scratch.path('new.tar.gz')), metadataIn(fixture('sealed-2')));
  assert.is(
    gunzipSync(readFileSync(scratch.path('new.tar.gz'))).length,
    gunzipSync(readFileSync(fixture('sealed-2'))).length,
  );
  assert.is(statSync(scratch.path('new.tar.gz')).mode & 0o777, 0o600);
  assert.ok(readFileSync(fixture('sealed-1')).equals(before));
});

test('seals a plain backup where that is allowed, and says so to programs', async () => {
  const flags = ['--key-file', ring('ring-1'), '--allow-legacy-plaintext', '-o', 'json'];
  const printed = JSON.parse(await jacoSucceeds(reencrypting(plainFixture, ...flags)));
  assert.equal([printed.archive, printed.from, printed.key_id], [scratch.path('new.tar.gz'), 'plain', 'cluster-v1']);
  assert.is(await identical(plainFixture, scratch.path('new.tar.gz'), ring('ring-1')), true);
});

test('says of a plain backup what sealing it would mean', async () => {
  const sentence = await jacoFails(reencrypting(plainFixture, '--key-file', ring('ring-1')));
  assert.match(sentence, 'same-state-1.tar.gz is a plain archive: nothing proves');
  assert.match(sentence, /Give --allow-legacy-plaintext if/);
  assert.not.ok(existsSync(scratch.path('new.tar.gz')));
});

test('replaces nothing, and never its own input', async () => {
  writeFileSync(scratch.path('new.tar.gz'), 'kept');
  const sentence = await jacoFails(reencrypting(fixture('sealed-1'), ...toRing2()));
  assert.match(sentence, 'new.tar.gz: there is something already. Choose another path with --file.');
  assert.is(readFileSync(scratch.path('new.tar.gz'), 'utf8'), 'kept');
  copyFileSync(fixture('sealed-1'), scratch.path('new.tar.gz'));
  assert.match(await jacoFails(reencrypting(scratch.path('new.tar.gz'), ...toRing2())), 'name one file');
});

test('refuses a backup that its ring does not open, and leaves nothing', async () => {
  const sentence = await jacoFails(reencrypting(fixture('sealed-2'), '--key-file', ring('ring-1')));
  assert.match(sentence, 'it is sealed under the key cluster-v2, which the keyring at hand does not hold');
  assert.not.ok(existsSync(scratch.path('new.tar.gz')));
});

for (const [what, damage] of [
  ['cut short', (tar: Buffer) => tar.subarray(0, 4_096)],
  ['changed in one bit', (tar: Buffer) => flipped(tar, snapshotAt + 3_000)],
  [
    'given another meta.json',
    (tar: Buffer) => Buffer.from(tar.toString('latin1').replace('0.3.10', '0.3.11'), 'latin1'),
  ],
] as const) {
  test(`refuses a backup that was ${what}, and leaves nothing`, async () => {
    writeFileSync(scratch.path('damaged.tar.gz'), gzipSync(damage(gunzipSync(readFileSync(fixture('sealed-1'))))));
    const before = readdirSync(scratch.path()).length;
    await jacoFails(reencrypting(scratch.path('damaged.tar.gz'), '--key-file', ring('ring-1')));
    // The keyring was placed meanwhile.
    assert.is(readdirSync(scratch.path()).length, before + 1);
  });
}

test('stops when it is told to, and leaves nothing', async () => {
  const state = snapshotOf('c-1', 60_000_000);
  writeFileSync(scratch.path('large.tar.gz'), await tarGzipArchive(metadataWith({ clusterId: 'c-1' }), state));
  const flags = ['--key-file', ring('ring-1'), '--allow-legacy-plaintext'];
  const running = startJaco(reencrypting(scratch.path('large.tar.gz'), ...flags));
  const part = scratch.path('.new.tar.gz.part');
  await until(() => existsSync(part) && statSync(part).size > 0);
  running.process.kill('SIGTERM');
  assert.match((await running.ended).stderr, 'everything unfinished was removed');
  assert.equal(readdirSync(scratch.path()).sort(), ['large.tar.gz', 'ring-1.json']);
});

test('names the flag of the keyring that cannot be used', async () => {
  const failing = (...flags: readonly string[]) => jacoFails(reencrypting(fixture('sealed-1'), ...flags));
  assert.match(await failing('--key-file', ring('ring-1'), '--new-key-file', '/nope'), 'with --new-key-file.');
  assert.match(await failing('--key-file', '/nope', '--new-key-file', ring('ring-2')), 'with --key-file or');
  const keygen = ['state', 'keygen', '--file', scratch.path('k'), '--key-id', 'a', '--retain-file', '/nope'];
  assert.match(await jacoFails(keygen), 'the keyring whose keys are kept with --retain-file');
});

test('has to be told of a keyring, and of files', async () => {
  assert.match(await jacoFails(reencrypting(fixture('sealed-1'))), '--key-file <file> is required');
  assert.match(
    await jacoFails(reencrypting('-', ...toRing2())),
    /--input cannot be a standard stream: .*\. Name a file, or s3:\/\/bucket\/key, with --input\.$/,
  );
  assert.match(await jacoFails(['state', 'reencrypt-backup', '--input', 'a']), '--file <file> is required');
});

test.run();
