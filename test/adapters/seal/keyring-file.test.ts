import { spawnSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readKeyringFile } from '../../../src/adapters/seal/keyring-file.js';
import { keyringOf, placeKeyring, sealedFixture } from '../../builders/keyrings.js';
import { refusalOf } from '../../builders/outcome.js';
import { scratchFor } from '../../cli/scratch-directory.js';
import { skipTest } from '../../skipping.js';

const test = suite('the file of a keyring');
const scratch = scratchFor(test);
const place = () => placeKeyring('ring-1', scratch.path('ring.json'));

/** The reason for which it is refused. */
async function reasonFor(path: string, dataDirectory?: string): Promise<string> {
  const { code, message } = await refusalOf(readKeyringFile(path, dataDirectory));
  assert.is(code, 'keyring_unusable');
  const [start, end] = [`cannot use the keyring ${path}: `, '.'];
  assert.ok(message.startsWith(start) && message.endsWith(end), message);
  return message.slice(start.length, -end.length);
}

test('a ring that keeps the rules is read', async () => {
  const ring = await readKeyringFile(place(), scratch.directory('data'));
  assert.is(ring.active, 'cluster-v1');
  assert.ok(ring.keys.get('cluster-v1')?.equals(keyringOf('ring-1').keys.get('cluster-v1') as never));
});

test('a relative path is refused', async () => {
  assert.is(await reasonFor(relative(process.cwd(), place())), 'its path is not absolute');
});

test('a missing file is reported as missing', async () => {
  assert.is(await reasonFor(scratch.path('none')), 'there is no such file');
  assert.is(await reasonFor(`${place()}/ring.json`), 'a part of the path is not a directory');
});

test('a link to anything is refused', async () => {
  symlinkSync(place(), scratch.path('link'));
  assert.is(await reasonFor(scratch.path('link')), 'it is a symbolic link, which the daemon does not follow');
});

test('a directory and a pipe are refused, without waiting for the writer of the pipe', async () => {
  assert.is(await reasonFor(scratch.directory('d')), 'it is not a regular file');
  if (spawnSync('mkfifo', ['-m', '600', scratch.path('pipe')]).status !== 0) return skipTest('mkfifo is missing');
  assert.is(await reasonFor(scratch.path('pipe')), 'it is not a regular file');
});

for (const mode of [0o604, 0o610, 0o640, 0o777]) {
  test(`mode 0${mode.toString(8)} is refused, with the mode that it should have`, async () => {
    chmodSync(place(), mode);
    const { message, remedies } = await refusalOf(readKeyringFile(scratch.path('ring.json')));
    assert.match(message, `its mode is 0${mode.toString(8)}, which lets others than its owner at it.`);
    assert.equal(remedies, [{ kind: 'advice', sentence: 'Give it mode 0600.' }]);
  });
}

test('mode 0400, as systemd passes credentials, is accepted', async () => {
  chmodSync(place(), 0o400);
  assert.is((await readKeyringFile(scratch.path('ring.json'))).active, 'cluster-v1');
});

test('64 KiB are read, one byte more is refused', async () => {
  const text = readFileSync(sealedFixture('ring-1.json'), 'utf8');
  const path = scratch.path('large');
  writeFileSync(path, text.padEnd(64 * 1024), { mode: 0o600 });
  assert.is((await readKeyringFile(path)).active, 'cluster-v1');
  writeFileSync(path, text.padEnd(64 * 1024 + 1));
  assert.is(await reasonFor(path), 'it has more than 65536 bytes');
});

test('a ring in the data directory is refused, also where links lead into it', async () => {
  const data = scratch.directory('data');
  mkdirSync(scratch.path('data', 'node'));
  const inside = placeKeyring('ring-1', scratch.path('data', 'node', 'ring.json'));
  symlinkSync(data, scratch.path('other-name'));
  const reason = 'it is in the data directory, where a thief of the state would find the key beside it';
  assert.is(await reasonFor(inside, data), reason);
  assert.is(await reasonFor(inside, scratch.path('other-name')), reason);
  assert.is(await reasonFor(scratch.path('other-name', 'node', 'ring.json'), data), reason);
});

test('a ring next to the data directory is accepted, even with a common name prefix', async () => {
  const ring = placeKeyring('ring-1', scratch.path('data..ring'));
  assert.ok(await readKeyringFile(ring, scratch.directory('data')));
  assert.ok(await readKeyringFile(ring, scratch.path('not-made-yet')));
  mkdirSync(scratch.path('..data'));
  linkSync(ring, scratch.path('second-name'));
  assert.ok(await readKeyringFile(scratch.path('second-name'), scratch.path('..data')));
});

test('a broken ring is named by its path, without quoting its content', async () => {
  const path = scratch.path('ring.json');
  const secret = Buffer.alloc(33, 7).toString('base64');
  writeFileSync(path, `{"version":1,"active":"a","keys":{"a":"${secret}"}} ${secret}`, { mode: 0o600 });
  const refusal = await refusalOf(readKeyringFile(path));
  assert.match(refusal.message, 'something follows behind it');
  assert.not.match(`${refusal.stack}${JSON.stringify(refusal)}${String(refusal.cause)}`, secret.slice(0, 12));
});

test.run();
