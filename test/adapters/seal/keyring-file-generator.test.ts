import { readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { acquireExclusiveLock } from '../../../src/adapters/filesystem/exclusive-lock.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { possessionProof } from '../../../src/adapters/seal/keyring.js';
import { readKeyringFile } from '../../../src/adapters/seal/keyring-file.js';
import { createKeyringFileGenerator } from '../../../src/adapters/seal/keyring-file-generator.js';
import { placeKeyring } from '../../builders/keyrings.js';
import { codeOf, refusalOf } from '../../builders/outcome.js';
import { withTemporaryDirectory } from '../filesystem/temporary-directory.js';

const test = suite('a generator of keyring files');

const generator = createKeyringFileGenerator(createNodeFileSystem(), acquireExclusiveLock);
const plain = { keyId: 'cluster-v9', retainedPath: undefined, dataDirectory: '/nonexistent' };

test('makes a ring that the daemon takes, for its owner alone', () =>
  withTemporaryDirectory(async (directory) => {
    const path = `${directory}/keys.json`;
    assert.equal(await generator.generate({ ...plain, path }), { path, keyIds: ['cluster-v9'] });
    assert.is(statSync(path).mode & 0o7777, 0o600);
    const ring = await readKeyringFile(path);
    assert.is(ring.active, 'cluster-v9');
    assert.equal(await readdir(directory), ['keys.json']);
  }));

test('makes another key each time', () =>
  withTemporaryDirectory(async (directory) => {
    const paths = [`${directory}/one.json`, `${directory}/two.json`];
    for (const path of paths) await generator.generate({ ...plain, path });
    const [one, two] = await Promise.all(paths.map((path) => readKeyringFile(path)));
    assert.ok(one && two && !Buffer.from(possessionProof(one)).equals(possessionProof(two)));
  }));

test('keeps the keys of another ring after the new one', () =>
  withTemporaryDirectory(async (directory) => {
    const retainedPath = placeKeyring('ring-2', `${directory}/old.json`);
    const path = `${directory}/new.json`;
    const { keyIds } = await generator.generate({ ...plain, path, retainedPath });
    assert.equal(keyIds[0], 'cluster-v9');
    assert.equal(new Set(keyIds), new Set(['cluster-v9', 'cluster-v1', 'cluster-v2']));
    const [old, ring] = await Promise.all([readKeyringFile(retainedPath), readKeyringFile(path)]);
    for (const id of ['cluster-v1', 'cluster-v2']) assert.ok(old.keys.get(id)?.equals(ring.keys.get(id) as never));
  }));

test('replaces nothing, not even a link to nothing', () =>
  withTemporaryDirectory(async (directory) => {
    const path = `${directory}/keys.json`;
    writeFileSync(path, 'precious');
    symlinkSync(`${directory}/nowhere`, `${directory}/link`);
    assert.is(await codeOf(generator.generate({ ...plain, path })), 'keyring_exists');
    assert.is(await codeOf(generator.generate({ ...plain, path: `${directory}/link` })), 'keyring_exists');
    assert.is(readFileSync(path, 'utf8'), 'precious');
    assert.equal((await readdir(directory)).sort(), ['keys.json', 'link']);
  }));

test('makes one ring where two are wanted at one place', () =>
  withTemporaryDirectory(async (directory) => {
    const path = `${directory}/keys.json`;
    const made = await Promise.allSettled([1, 2, 3].map(() => generator.generate({ ...plain, path })));
    assert.is(made.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.equal(await readdir(directory), ['keys.json']);
  }));

for (const [keyId, reason] of [
  ['', 'has to be 1 to 64'],
  ['a b', 'has to be 1 to 64'],
  ['x'.repeat(65), 'has to be 1 to 64'],
  ['cluster-v1', 'retained keyring'],
] as const) {
  test(`refuses the id ${JSON.stringify(keyId.slice(0, 12))}, and writes nothing`, () =>
    withTemporaryDirectory(async (directory) => {
      const retainedPath = placeKeyring('ring-1', `${directory}/old.json`);
      const refusal = await refusalOf(
        generator.generate({ ...plain, keyId, retainedPath, path: `${directory}/new.json` }),
      );
      assert.is(refusal.code, 'request_invalid');
      assert.match(refusal.message, reason);
      assert.equal(await readdir(directory), ['old.json']);
    }));
}

test('refuses a place inside the data directory, through any links', () =>
  withTemporaryDirectory(async (directory) => {
    await mkdir(`${directory}/data/deep`, { recursive: true });
    symlinkSync(`${directory}/data/deep`, `${directory}/elsewhere`);
    const dataDirectory = `${directory}/data`;
    for (const place of ['data', 'data/deep', 'elsewhere']) {
      const path = `${directory}/${place}/keys.json`;
      assert.is(await codeOf(generator.generate({ ...plain, dataDirectory, path })), 'keyring_unusable');
    }
    assert.equal(await readdir(`${directory}/data/deep`), []);
  }));

test('names a directory that does not exist', async () => {
  const refusal = await refusalOf(generator.generate({ ...plain, path: '/nonexistent/keys.json' }));
  assert.is(refusal.code, 'storage_failed');
  assert.match(refusal.message, 'cannot write into /nonexistent');
});

test.run();
