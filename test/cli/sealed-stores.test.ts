import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { placeKeyring, sealedFixture } from '../builders/keyrings.js';
import { openSealedStore } from '../builders/sealed-store.js';
import { projectRoot } from '../packaging/installed-package.js';
import { jacoSucceeds, runJaco } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('which store a restore makes, and why');
const scratch = scratchFor(test);
const sealed = sealedFixture('sealed-1.tar.gz');
const keyFile = () => ['--key-file', placeKeyring('ring-1', scratch.path('ring-1.json'))];
const restoring = (input: string, ...flags: readonly string[]) => [
  ...['restore', '--name', 'node-1', '--data-dir', scratch.path('data'), '--input', input],
  ...flags,
];

/** Where snapshot.bin begins in the tar, behind one block of metadata. */
const snapshotAt = 512 + 512 + 512;

/** An archive of an older daemon. */
const plain = join(projectRoot, 'test/fixtures/same-state-1.tar.gz');

/** Its snapshot.bin, behind meta.json, which is in one block. */
function readPlainState(): Buffer {
  const tar = gunzipSync(readFileSync(plain));
  return tar.subarray(snapshotAt, snapshotAt + Number.parseInt(tar.toString('latin1', snapshotAt - 512 + 124), 8));
}

test('the plan of a restore says under which key the store is sealed', async () => {
  const text = await jacoSucceeds(restoring(sealed, ...keyFile(), '--dry-run'));
  assert.match(text, /^ {2}Store: {8}sealed under the key cluster-v1, as the archive$/m);
  const json = await jacoSucceeds(restoring(sealed, ...keyFile(), '--dry-run', '-o', 'json'));
  const { store, sealed_under, warnings } = JSON.parse(json);
  assert.equal([store, sealed_under], [{ kind: 'sealed', reason: 'as the archive' }, 'cluster-v1']);
  assert.match(warnings.join(), /does not boot the store \(give --sealed if the daemon that will boot here seals/);
  const asked = JSON.parse(await jacoSucceeds(restoring(sealed, ...keyFile(), '--dry-run', '--sealed', '-o', 'json')));
  assert.is(asked.store.reason, 'as was asked');
  assert.not.match(asked.warnings.join(), '--sealed');
  assert.equal(scratch.names('data'), []);
});

test('restore puts no plain store where jacod.yaml names a keyring', async () => {
  writeFileSync(scratch.path('jacod.yaml'), 'cluster_addr: 10.0.0.5:7001\nstate_key_file: /etc/jaco/keys.json\n');
  const environment = { JACO_CONFIG: scratch.path('jacod.yaml') };
  const end = await runJaco(restoring(plain, '--grpc-addr', '10.0.0.5:7000'), { environment });
  assert.is(end.code, 1);
  assert.match(
    end.stderr,
    "sealed, since the daemon's configuration names the keyring /etc/jaco/keys.json: a daemon that",
  );
  assert.match(end.stderr, 'Seal it first with jaco state reencrypt-backup');
  assert.match(end.stderr, 'give --allow-plain and --key-file if you know where this backup has been');
  assert.equal(scratch.names('data'), []);
});

test('restore seals a plain archive with --allow-plain, and leaves nothing of its state in the clear', async () => {
  const state = readPlainState();
  await jacoSucceeds(restoring(plain, ...keyFile(), '--allow-plain', '--no-identity'));
  const opened = await openSealedStore(scratch.path('data/raft'), 'ring-1');
  assert.ok(opened.state.equals(state));
  const marked = state.subarray(0, 200).toString('latin1');
  const found = readdirSync(scratch.path('data'), { recursive: true, encoding: 'utf8', withFileTypes: true });
  for (const { parentPath, name } of found.filter((entry) => entry.isFile())) {
    assert.not.match(readFileSync(join(parentPath, name), 'latin1'), marked, name);
  }
});

test('restore asks for a word where a keyring is at hand and the archive is plain', async () => {
  const end = await runJaco(restoring(plain, ...keyFile()));
  assert.match(end.stderr, 'the store has to be sealed, since a keyring is at hand');
  assert.match(end.stderr, 'or give --plain if an older daemon will boot here');
  assert.equal(scratch.names('data'), []);
  await jacoSucceeds(restoring(plain, ...keyFile(), '--plain'));
});

test('restore refuses what does not fit what was said of the daemon, and flags that contradict each other', async () => {
  for (const [[input, ...flags], reason] of [
    [[sealed, ...keyFile(), '--plain'], 'the store has to be plain, as was asked'],
    [[sealed, ...keyFile(), '--daemon-version', 'v0.3.9'], 'since the daemon is v0.3.9, which seals'],
    [[plain, '--sealed'], 'the store has to be sealed, as was asked'],
    [[plain, '--allow-plain'], 'no keyring is at hand. Name the file with'],
    [[plain, '--allow-plain', '--plain'], '--plain and --allow-plain contradict each other'],
    [[plain, '--sealed', '--plain'], '--plain and --sealed contradict each other'],
  ] as const) {
    const end = await runJaco(restoring(input, ...flags));
    assert.is(end.code, 1);
    assert.match(end.stderr, reason);
    assert.equal(scratch.names('data'), []);
  }
});

test.run();
