import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { placeKeyring } from '../builders/keyrings.js';
import { jacoFails, jacoSucceeds, runJaco } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('jaco state keygen');
const scratch = scratchFor(test);

test('makes a keyring, and says where it must and must not be', async () => {
  const path = scratch.path('keys.json');
  const printed = await jacoSucceeds(['state', 'keygen', '--file', path, '--key-id', 'cluster-v1']);
  assert.match(printed, `Wrote the keyring ${path}. It seals with the key cluster-v1.\n`);
  const [key] = Object.values(JSON.parse(readFileSync(path, 'utf8')).keys);
  assert.not.match(printed, String(key));
});

test('prints the ids of the ring for programs, but not its keys', async () => {
  const [old, path] = [placeKeyring('ring-1', scratch.path('old.json')), scratch.path('new.json')];
  const flags = ['--file', path, '--key-id', 'cluster-v2', '--retain-file', old, '-o', 'json'];
  const printed = await jacoSucceeds(['state', 'keygen', ...flags]);
  assert.equal(JSON.parse(printed), { path, active: 'cluster-v2', keys: ['cluster-v2', 'cluster-v1'] });
});

test('never replaces a keyring', async () => {
  const path = placeKeyring('ring-1', scratch.path('keys.json'));
  const before = readFileSync(path);
  const sentence = await jacoFails(['state', 'keygen', '--file', path, '--key-id', 'cluster-v2']);
  assert.match(sentence, `cannot write the keyring ${path}: there is something already`);
  assert.ok(readFileSync(path).equals(before));
  const flags = ['--file', path, '--retain-file', path, '--key-id', 'cluster-v2'];
  assert.match(await jacoFails(['state', 'keygen', ...flags]), 'name one file');
});

test('requires a path and an id for the key', async () => {
  assert.match(await jacoFails(['state', 'keygen', '--key-id', 'a']), '--file <path> is required');
  assert.match(await jacoFails(['state', 'keygen', '--file', scratch.path('a')]), '--key-id <id> is required');
  assert.match(
    await jacoFails(['state', 'keygen', '--file', '-', '--key-id', 'a']),
    '--file cannot be a standard stream',
  );
});

test('looks out for the data directory of this host', async () => {
  const [data, path] = [scratch.directory('data'), scratch.path('data/keys.json')];
  const environment = { JACO_DATA_DIR: data };
  const end = await runJaco(['state', 'keygen', '--file', path, '--key-id', 'a'], { environment });
  assert.is(end.code, 1);
  assert.match(end.stderr, 'it is in the data directory');
});

test.run();
