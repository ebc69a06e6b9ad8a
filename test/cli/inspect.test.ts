import { createHash } from 'node:crypto';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cluster, deployment, node, record, token, writeArchive } from './archive-file.js';
import { jacoFails, jacoSucceeds, runJaco } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('jaco inspect');
const scratch = scratchFor(test);

const records = [
  ...[cluster(), node('node-1'), node('node-2')],
  ...[deployment('web', 1, 'x'.repeat(3000)), deployment('api')],
  ...[token('operator'), record(15, 'event 1'), record(15, 'event 2'), record(18, 'registry')],
];
const small = () => writeArchive(scratch.path('cluster.tar.gz'), records);
const stateBytes = Buffer.concat(records).length;
const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

test('prints what the file is, what is in it, and that it restores', async () => {
  const path = await small();
  const sizeBytes = readFileSync(path).length;
  const stdout = await jacoSucceeds(['inspect', path], { environment: { LC_ALL: 'C.UTF-8' } });
  assert.is(
    // The age is by the clock of this host.
    stdout.replace(/\(\d+d( \d+h)? ago\)/, '(AGE ago)'),
    `Archive:   ${path}
Size:      ${sizeBytes} bytes, compressed ${(stateBytes / sizeBytes).toFixed(1)}:1
SHA-256:   ${sha256(path)}
Schema:    1
Cluster:   c-7f3a
Snapshot:  index 1000, term 7, 3.1 KiB (${stateBytes} bytes)
Taken:     2026-05-25T03:00:00Z (AGE ago)
Taken by:  jaco v0.3.9
Leader:    10.0.0.7:7001

KIND                      COUNT        SIZE   SHARE
cluster                       1        21 B    0.7%  ▏
nodes                         2        50 B    1.6%  ▍
deployments                   2     3.0 KiB   96.3%  ███████████████████████▏
tokens                        1        18 B    0.6%  ▏
audit events                  2        18 B    0.6%  ▏
registry credentials          1        11 B    0.3%  ▏
12 kinds have no records (--all lists them).

Restore:   accepted for a daemon v0.3.9 (the version that this release of jaco is made for): same major version (0).
`,
  );
});

test('lists with --all the kinds of which there is no record', async () => {
  const stdout = await jacoSucceeds(['inspect', '--all', await small()]);
  assert.match(stdout, /^desired replicas {14}0 {9}0 B {4}0\.0%$/m);
  assert.is(stdout.match(/ {2}0\.0%/g)?.length, 12);
  assert.not.match(stdout, '--all');
});

test('draws bars where the locale has the characters for them', async () => {
  const path = await small();
  for (const [environment, drawn] of [
    [{ LC_ALL: 'C', LANG: 'C.UTF-8' }, false],
    [{ LC_ALL: '', LC_CTYPE: '', LANG: 'de_DE.utf8' }, true],
    [{ LC_ALL: '', LC_CTYPE: 'POSIX', LANG: 'de_DE.utf8' }, false],
    [{ LC_ALL: '', LC_CTYPE: '', LANG: '' }, false],
  ] as const) {
    assert.is(/█/.test(await jacoSucceeds(['inspect', path], { environment })), drawn, JSON.stringify(environment));
  }
});

test('prints the same for programs, with every digit of 64-bit numbers', async () => {
  const path = await writeArchive(scratch.path('cluster.tar.gz'), [...records, record(19, 'new')], {
    snapshotIndex: 2n ** 64n - 3n,
    snapshotTerm: 2n ** 53n + 1n,
  });
  const stdout = await jacoSucceeds(['inspect', path, '-o', 'json']);
  assert.match(stdout, '"snapshot_index": 18446744073709551613,');
  assert.match(stdout, '"snapshot_term": 9007199254740993,');
  const { kinds, age_seconds: age, snapshot_index: _, snapshot_term: __, ...rest } = JSON.parse(stdout);
  const sizeBytes = readFileSync(path).length;
  assert.equal(rest, {
    archive: path,
    size_bytes: sizeBytes,
    sha256: sha256(path),
    padding_bytes: 0,
    compression_ratio: Number(((stateBytes + 6) / sizeBytes).toFixed(3)),
    schema_version: 1,
    cluster_id: 'c-7f3a',
    taken_at: '2026-05-25T03:00:00Z',
    jaco_version: 'v0.3.9',
    leader_at_snapshot: '10.0.0.7:7001',
    snapshot_size_bytes: stateBytes + 6,
    restore: {
      accepted: true,
      daemon_version: 'v0.3.9',
      daemon_version_source: 'the version that this release of jaco is made for',
      rule: 'same major version (0)',
      warning: null,
      refusal: null,
    },
  });
  assert.type(age, 'number');
  assert.is(kinds.length, 19);
  assert.equal(kinds[14], { kind: 'audit_events', count: 2, bytes: 18, share: 0.005696 });
  assert.equal(kinds[18], { kind: 'other', count: 1, bytes: 6, share: 0.001899 });
});

test('lists names alone, one a line, or as an array', async () => {
  const path = await small();
  assert.is(await jacoSucceeds(['inspect', path, '--list', 'deployments']), 'web\napi\n');
  assert.is(await jacoSucceeds(['inspect', path, '--list', 'nodes']), 'node-1\nnode-2\n');
  assert.equal(JSON.parse(await jacoSucceeds(['inspect', path, '--list', 'nodes', '-o', 'json'])), [
    'node-1',
    'node-2',
  ]);
});

test('prints nothing where there is nothing to list', async () => {
  const path = await writeArchive(scratch.path('cluster.tar.gz'), [cluster()]);
  assert.is(await jacoSucceeds(['inspect', path, '--list', 'nodes']), '');
});

test('reads standard input', async () => {
  const path = await small();
  const { code, stdout } = await runJaco(['inspect', '-'], { stdin: openSync(path, 'r') });
  assert.is(code, 0);
  assert.match(stdout, 'Archive:   standard input\n');
  assert.match(stdout, sha256(path));
});

test('reads an encrypted archive with its identity, and describes the file as it is stored', async () => {
  const identity = await generateX25519Identity();
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  const path = scratch.path('cluster.tar.gz.age');
  writeFileSync(path, await encrypter.encrypt(readFileSync(await small())));
  writeFileSync(scratch.path('key.txt'), `${identity}\n`);
  assert.match(await jacoSucceeds(['inspect', path, '--identity', scratch.path('key.txt')]), sha256(path));
  assert.match(await jacoFails(['inspect', path]), /--identity/);
});

test('warns of an older daemon, and accepts', async () => {
  const { code, stderr } = await runJaco(['inspect', await small(), '--daemon-version', 'v0.3.0']);
  assert.is(code, 0);
  assert.match(stderr, /^Warning: the daemon \(v0\.3\.0\) is older/);
});

for (const [what, changes, parameters, because] of [
  ['for a daemon of another major version', {}, ['--daemon-version', 'v1.0.0'], /major versions differ/],
  ['of schema 2', { schemaVersion: 2 }, [], /schema 2: its state is sealed/],
  ['of another cluster than it says', { clusterId: 'c-9' }, [], /the two do not belong together/],
  ['without an index', { snapshotIndex: 0n }, [], /snapshot_index 0/],
] as const) {
  test(`shows the metadata of an archive ${what}, and fails saying why`, async () => {
    const path = await writeArchive(scratch.path('cluster.tar.gz'), records, changes);
    const { code, stdout, stderr } = await runJaco(['inspect', path, ...parameters]);
    assert.is(code, 1);
    assert.match(stdout, /^Taken: {5}2026-05-25T03:00:00Z/m);
    assert.match(stdout, /\nRestore: {3}refused for a daemon v[^\n]*\n$/);
    assert.match(stderr, /^Error: [^\n]*\n$/);
    assert.match(stderr, because);
  });
}

test('tells programs too why a restore would refuse', async () => {
  const path = await writeArchive(scratch.path('cluster.tar.gz'), records, { schemaVersion: 2 });
  const { code, stdout, stderr } = await runJaco(['inspect', path, '-o', 'json']);
  const { kinds, restore } = JSON.parse(stdout);
  assert.is(code, 1);
  assert.is(kinds, null);
  assert.is(restore.accepted, false);
  assert.is(restore.refusal.code, 'schema_unsupported');
  assert.match(stderr, restore.refusal.message);
});

for (const [what, spoil] of [
  ['that is cut short', (bytes: Buffer) => bytes.subarray(0, -9)],
  ['with a damaged checksum', (bytes: Buffer) => Buffer.from(bytes.with(bytes.length - 7, 0xaa))],
  ['that goes on after its end', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('x')])],
  ['that is none', () => gzipSync('hello')],
] as const) {
  test(`prints nothing of an archive ${what}, and fails`, async () => {
    const path = await small();
    writeFileSync(path, spoil(readFileSync(path)));
    assert.match(await jacoFails(['inspect', path]), 'the archive is not a complete backup');
    await jacoFails(['inspect', path, '--list', 'nodes']);
  });
}

test('refuses a snapshot above the limit', async () => {
  assert.match(await jacoFails(['inspect', await small(), '--max-snapshot-size', '1KiB']), /1\.0 KiB|1024/);
});

test('explains wrong arguments', async () => {
  assert.match(await jacoFails(['inspect']), /missing required argument 'archive'.*See jaco inspect --help/);
  assert.match(await jacoFails(['inspect', '']), '<archive> is empty');
  assert.match(await jacoFails(['inspect', 'a', 'b']), /too many arguments/);
  assert.match(await jacoFails(['inspect', 'a', '--list', 'tokens']), /Allowed choices are deployments, nodes/);
  assert.match(await jacoFails(['inspect', scratch.path('absent')]), 'there is no such file');
});

test.run();
