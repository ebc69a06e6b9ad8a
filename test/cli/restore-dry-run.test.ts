import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { snapshotOf } from '../builders/snapshot-bytes.js';
import { metadataWith } from '../builders/snapshot-metadata.js';
import { tarGzipArchive } from '../builders/tar-gzip-archive.js';
import { secretCluster } from '../faults/secret-cluster.js';
import { jacoFails, jacoSucceeds, runJaco } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';
import { asOtherUser, isRoot, otherUser, skipWithoutRoot } from './unprivileged-jaco.js';

const test = suite('jaco restore --dry-run');
const scratch = scratchFor(test);
const metadata = metadataWith({ snapshotIndex: 2n ** 64n - 3n, snapshotTerm: 2n ** 53n + 1n });
const archive = await tarGzipArchive(metadata, snapshotOf(metadata.clusterId));

test.before.each(() => {
  writeFileSync(scratch.path('c.tar.gz'), archive);
});

const planning = (...flags: readonly string[]) => [
  'restore',
  ...['--dry-run', '--input', scratch.path('c.tar.gz'), '--name', 'node-1', '--data-dir', scratch.path('data')],
  ...['--advertise-addr', '10.0.0.5:7001', '--daemon-version', 'v0.4.0', '--no-identity'],
  ...flags,
];

/** The snapshot's directory is named after the moment of the plan, and what is free changes. */
const withoutMoment = (text: string) =>
  text.replaceAll(/-\d{13}\//g, '-*/').replaceAll(/\([0-9.]+ [KMGT]?i?B are free\)/g, '(* are free)');

const store = 'raft/snapshots/9007199254740993-18446744073709551613-*';

test('prints the whole plan and writes nothing', async () => {
  scratch.directory('data');
  if (isRoot) chownSync(scratch.path('data'), otherUser, otherUser);
  const { code, stdout, stderr } = await runJaco(planning());
  assert.is(code, 0);
  assert.is(stderr, '');
  const [data, uid] = [scratch.path('data'), isRoot ? otherUser : process.getuid?.()];
  const plan = withoutMoment(stdout).replace(/ this host is called \S+, /, ' this host is called *, ');
  assert.is(
    plan,
    [
      `Restore plan for ${scratch.path('c.tar.gz')} (dry run: nothing is written)`,
      '',
      '  Cluster:      c-7f3a',
      '  Snapshot:     index 18446744073709551613, term 9007199254740993, taken 2026-05-25T03:00:00Z',
      '  Taken from:   10.0.0.7:7001',
      '  Voter:        node-1 at 10.0.0.5:7001 (address from --advertise-addr)',
      '  gRPC address: 10.0.0.5:7000 (from listen_addr of jacod.yaml)',
      '  Versions:     archive v0.3.9, daemon v0.4.0 (from --daemon-version)',
      '  Version rule: same major version (0)',
      '  Store:        plain, as the archive',
      `  Owner:        uid ${uid}, gid ${isRoot ? otherUser : process.getgid?.()}`,
      '',
      '  Would write:',
      `    ${data}/${store}/state.bin`,
      `    ${data}/${store}/meta.json`,
      `    ${data}/raft/log.db`,
      `    ${data}/restore.txt`,
      '',
      '  The first log entry, 18446744073709551614, would say:',
      '    - node node-1 joins: raft at 10.0.0.5:7001, gRPC at 10.0.0.5:7000',
      '    - node node-1 is READY',
      '    - RESTORE_COMPLETED goes into the audit log',
      '',
      '  Preconditions:',
      '    [ok] the archive is complete and undamaged',
      `    [ok] ${data} is a directory, or can be made one`,
      `    [ok] ${data} can be written`,
      '    [ok] no daemon is running',
      `    [ok] ${data} holds nothing but what a daemon keeps`,
      '    [ok] there is room for 256.0 KiB (* are free)',
      '    [ok] there is no raft store yet',
      '',
      '  Warnings:',
      '    - this host is called *, not node-1: a daemon starts under its hostname and will not find itself in the restored cluster',
      '    - 10.0.0.5 is on no interface of this host that is up: the daemon cannot listen there',
      '',
    ].join('\n'),
  );
  assert.equal(scratch.names('data'), []);
});

for (const [what, files] of Object.entries({
  'nothing is there': {},
  'another CA certificate is there': { 'ca.crt': 'mine' },
  'a key is there alone': { 'node-1.key': 'mine' },
  'a pair is there': { 'node-1.crt': 'mine', 'node-1.key': 'mine' },
})) {
  test(`announces for the identity exactly what the restore then does, if ${what}`, async () => {
    writeFileSync(scratch.path('c.tar.gz'), (await secretCluster()).archive);
    mkdirSync(scratch.path('data', 'node'), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(scratch.path('data', 'node', name), text);
    const words = planning('-o', 'json').filter((word) => word !== '--no-identity');
    const plan = JSON.parse(await jacoSucceeds(words));
    const done = JSON.parse(await jacoSucceeds(words.filter((word) => word !== '--dry-run')));
    const kept = Object.keys(files);
    assert.equal(plan.identity_files, done.identity_files);
    assert.equal(plan.warnings, done.warnings);
    assert.equal(plan.writes.map(withoutMoment), done.writes.map(withoutMoment));
    assert.not.ok(kept.some((name) => done.identity_files.includes(`node/${name}`)));
  });
}

test('prints the plan for a program, with every digit', async () => {
  const stdout = withoutMoment(await jacoSucceeds(planning('-o', 'json')));
  assert.match(stdout, /^ {2}"snapshot_index": 18446744073709551613,$/m);
  assert.match(stdout, /^ {2}"snapshot_term": 9007199254740993,$/m);
  const { snapshot_index, snapshot_term, warnings, first_commands, room, ...document } = JSON.parse(stdout);
  const { imported_at, ...facts } = first_commands.commands[2].payload;
  assert.match(imported_at, /^\d{4}-\d\d-\d\dT/);
  assert.equal(facts, {
    cluster_id: 'c-7f3a',
    snapshot_index: '18446744073709551613',
    taken_at: '2026-05-25T03:00:00Z',
  });
  assert.is(first_commands.identity, 'restore');
  assert.ok(room.needed_bytes > 256 * 1024 && room.free_bytes > room.needed_bytes);
  const join = { hostname: 'node-1', address: '10.0.0.5:7001', grpc_address: '10.0.0.5:7000', wireguard_pubkey: null };
  assert.equal(first_commands.commands.slice(0, 2), [
    { kind: 'node-joins', ...join },
    { kind: 'node-is-ready', hostname: 'node-1' },
  ]);
  assert.is((warnings as string[]).length, 3);
  const data = scratch.path('data');
  assert.equal(document, {
    archive: scratch.path('c.tar.gz'),
    cluster_id: 'c-7f3a',
    taken_at: '2026-05-25T03:00:00Z',
    leader_at_snapshot: '10.0.0.7:7001',
    data_directory: data,
    voter: {
      id: 'node-1',
      address: '10.0.0.5:7001',
      address_source: '--advertise-addr',
      grpc_address: '10.0.0.5:7000',
      grpc_address_source: 'listen_addr of jacod.yaml',
    },
    versions: {
      archive: 'v0.3.9',
      daemon: 'v0.4.0',
      daemon_source: '--daemon-version',
      rule: 'same major version (0)',
    },
    store: { kind: 'plain', reason: 'as the archive' },
    owner: null,
    rejoin: [],
    writes: [`${data}/${store}/state.bin`, `${data}/${store}/meta.json`, `${data}/raft/log.db`, `${data}/restore.txt`],
    identity_files: [],
    preconditions: [
      { sentence: 'the archive is complete and undamaged', holds: true },
      { sentence: `${data} is a directory, or can be made one`, holds: true },
      { sentence: `${data} can be written`, holds: true },
      { sentence: 'no daemon is running', holds: true },
      { sentence: `${data} holds nothing but what a daemon keeps`, holds: true },
      { sentence: 'there is room for 256.0 KiB (* are free)', holds: true },
      { sentence: 'there is no raft store yet', holds: true },
    ],
    possible: true,
  });
  assert.equal(scratch.names(), ['c.tar.gz']);
});

const storeThere = /^Error: cannot restore into \S+: raft\/log\.db already exists\. Point JACO_DATA_DIR at a fresh/;

test('says in full why a plan cannot be carried out, and fails', async () => {
  writeFileSync(`${scratch.directory('data', 'raft')}/log.db`, 'a store');
  const { code, stdout, stderr } = await runJaco(planning());
  assert.is(code, 1);
  assert.match(stdout, /^ {4}\[NO\] there is no raft store yet$/m);
  assert.match(stdout, /^ {4}\[ok\] no daemon is running$/m);
  assert.match(stderr, storeThere);
  assert.equal(scratch.names('data', 'raft'), ['log.db']);
});

test('tells a program why a plan cannot be carried out', async () => {
  writeFileSync(`${scratch.directory('data', 'raft')}/log.db`, 'a store');
  const { code, stdout, stderr } = await runJaco(planning('-o', 'json'));
  assert.is(code, 1);
  assert.match(stderr, storeThere);
  const { possible, preconditions } = JSON.parse(stdout);
  assert.is(possible, false);
  assert.equal(preconditions.at(-1), { sentence: 'there is no raft store yet', holds: false });
});

test('refuses a damaged archive just as a restore would', async () => {
  writeFileSync(scratch.path('c.tar.gz'), archive.subarray(0, -1));
  assert.match(
    await jacoFails(planning()),
    /^Error: \S+\/c\.tar\.gz: the archive is not a complete backup: it is cut short\. /,
  );
});

test('needs no permission to write', async () => {
  if (!isRoot) return skipWithoutRoot('becoming another user');
  scratch.directory('data');
  const { code, stdout, stderr } = await runJaco(planning(), asOtherUser(scratch));
  assert.is(code, 1);
  assert.match(stdout, /^ {4}\[NO\] \S+ can be written$/m);
  assert.match(stderr, /^Error: cannot restore into \S+: permission denied\. Run it with sudo\.\n$/);
});

test.run();
