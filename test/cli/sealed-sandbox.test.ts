import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { placeKeyring } from '../builders/keyrings.js';
import { openSealedStore } from '../builders/sealed-store.js';
import { jacoSucceeds, runJaco } from './jaco-process.js';
import { startSandbox } from './running-sandbox.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('a sandbox whose state is sealed');
const scratch = scratchFor(test);
const ring = () => placeKeyring('ring-1', scratch.path('ring-1.json'));

function backingUp(socket: string, output: string, ...flags: readonly string[]) {
  return ['backup', '--socket', socket, '--output', output, ...flags];
}

test('lets a newcomer try all of it: keyring, cluster, backup, a look, a drill, a restore, and the restored node', async () => {
  const keyFile = ['--key-file', scratch.path('keys.json')];
  await jacoSucceeds(['state', 'keygen', '--file', scratch.path('keys.json'), '--key-id', 'mine']);
  const sandbox = await startSandbox(scratch.path('data'), ['--name', 'node-1', ...keyFile]);
  assert.match(sandbox.text, /^Data: .*\(sealed under the key mine\)$/m);
  const archive = scratch.path('a.tar.gz');
  await jacoSucceeds(backingUp(sandbox.socket, archive, ...keyFile));
  await sandbox.stop();
  const looked = JSON.parse(await jacoSucceeds(['inspect', archive, ...keyFile, '-o', 'json']));
  assert.equal([looked.schema_version, looked.seal], [2, { key_id: 'mine', keyring: 'opens' }]);
  assert.is(JSON.parse(await jacoSucceeds(['drill', '--input', archive, ...keyFile, '-o', 'json'])).restores, true);
  const restoring = ['restore', '--input', archive, '--name', 'node-2', '--data-dir', scratch.path('restored')];
  await jacoSucceeds([...restoring, ...keyFile, '--sealed']);
  const restored = await startSandbox(scratch.path('restored'), keyFile);
  assert.match(restored.text, 'restored; RESTORE_COMPLETED is recorded');
  await jacoSucceeds(backingUp(restored.socket, scratch.path('b.tar.gz'), ...keyFile));
  await restored.stop();
  const difference = JSON.parse(
    await jacoSucceeds(['diff', archive, scratch.path('b.tar.gz'), ...keyFile, '-o', 'json']),
  );
  assert.is(difference.same_cluster, true);
});

test('keeps nothing of the state in the clear, however often it takes snapshots and starts again', async () => {
  for (let round = 0; round < 2; round++) {
    const sandbox = await startSandbox(scratch.path('data'), ['--key-file', ring()]);
    for (const name of ['a', 'b']) await jacoSucceeds(backingUp(sandbox.socket, scratch.path(`${name}${round}`)));
    await sandbox.stop();
  }
  const { state } = await openSealedStore(scratch.path('data/raft'), 'ring-1');
  assert.match(state.toString('latin1'), 'registry.example/storefront');
  const found = readdirSync(scratch.path(), { recursive: true, encoding: 'utf8', withFileTypes: true });
  for (const { parentPath, name } of found.filter((entry) => entry.isFile())) {
    assert.not.match(readFileSync(join(parentPath, name), 'latin1'), 'storefront', name);
  }
});

test('is not made with a ring that lies in its directory, or is none, and leaves nothing', async () => {
  scratch.directory('data');
  const inside = placeKeyring('ring-1', scratch.path('data', 'ring.json'));
  for (const [keyFile, reason] of [
    [inside, 'it is in the data directory'],
    [scratch.path('absent.json'), 'there is no such file'],
  ] as const) {
    const end = await runJaco(['sandbox', '--data-dir', scratch.path('data'), '--key-file', keyFile]);
    assert.is(end.code, 1);
    assert.match(end.stderr, reason);
    assert.equal(scratch.names('data'), ['ring.json']);
  }
});

test('does not open under another ring, and says so of a plain one that it does not use the ring', async () => {
  const sandbox = await startSandbox(scratch.path('data'), ['--key-file', ring()]);
  await sandbox.stop();
  const other = placeKeyring('ring-2', scratch.path('ring-2.json'));
  const end = await runJaco(['sandbox', '--data-dir', scratch.path('data'), '--key-file', other]);
  assert.match(end.stderr, 'it is sealed under another keyring');
  await (await startSandbox(scratch.path('plain'))).stop();
  const plain = await startSandbox(scratch.path('plain'), ['--key-file', ring()]);
  const { stderr } = await plain.stop();
  assert.match(stderr, 'The store is plain, and stays plain: the keyring at hand is not used.');
});

test.run();
