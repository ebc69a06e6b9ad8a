import {
  chmodSync,
  chownSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeFileSystem } from '../../src/adapters/filesystem/node-file-system.js';
import { readLogStore } from '../../src/adapters/raft/log-store.js';
import { listSnapshots } from '../../src/adapters/raft/snapshot-directory.js';
import { parseMarker } from '../../src/domain/restore/marker.js';
import { snapshotOf } from '../builders/snapshot-bytes.js';
import { metadataWith } from '../builders/snapshot-metadata.js';
import { metadataEntry, snapshotEntry, tarGzip } from '../builders/tar-gzip-archive.js';
import { jacoSucceeds, runJaco } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';
import { isRoot, otherUser, skipWithoutRoot } from './unprivileged-jaco.js';

const test = suite('jaco restore');
const scratch = scratchFor(test);

/** Past 2^53, where a double would round. */
const metadata = metadataWith({ snapshotIndex: 2n ** 63n + 1n, snapshotTerm: 2n ** 53n + 1n });
const snapshot = snapshotOf(metadata.clusterId, 300_000);
const archives = {
  'meta.json first': await tarGzip(metadataEntry(metadata), snapshotEntry(snapshot)),
  'snapshot.bin first': await tarGzip(snapshotEntry(snapshot), metadataEntry(metadata)),
};

test.before.each(() => {
  writeFileSync(scratch.path('c.tar.gz'), archives['meta.json first']);
});

const restoring = (...flags: readonly string[]) => [
  'restore',
  ...['--input', scratch.path('c.tar.gz'), '--name', 'node-1'],
  ...flags,
];

/** Every path below, with its type, mode and owner. */
function inventory(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { mode, uid, gid } = lstatSync(join(directory, name));
      return `${(mode & 0o7777).toString(8)} ${uid}:${gid} ${name.replace(/-\d{13}(?=\/|$)/, '-*')}`;
    });
}

const storeNames = [
  'raft',
  'raft/log.db',
  'raft/snapshots',
  'raft/snapshots/9007199254740993-9223372036854775809-*',
  'raft/snapshots/9007199254740993-9223372036854775809-*/meta.json',
  'raft/snapshots/9007199254740993-9223372036854775809-*/state.bin',
  'restore.txt',
];

/** The inventory of a restored directory. */
function storeOwnedBy(uid: number, gid: number): string[] {
  const isFile = (name: string) => /\.(db|json|bin|txt)$/.test(name);
  return storeNames.map((name) => `${isFile(name) ? '600' : '700'} ${uid}:${gid} ${name}`);
}

for (const [order, bytes] of Object.entries(archives)) {
  test(`seeds a store and a marker from an archive with ${order}`, async () => {
    writeFileSync(scratch.path('c.tar.gz'), bytes);
    const data = scratch.path('data');
    await jacoSucceeds(restoring('--data-dir', data, '--advertise-addr', '10.0.0.5:7001'));
    assert.equal(inventory(data), storeOwnedBy(process.getuid?.() ?? 0, process.getgid?.() ?? 0));
    const files = createNodeFileSystem();
    const [found] = await listSnapshots(files, join(data, 'raft'));
    assert.is(found?.index, metadata.snapshotIndex);
    assert.is(found?.term, metadata.snapshotTerm);
    assert.is(found?.configurationIndex, 1n);
    assert.equal(found?.servers, [{ suffrage: 'voter', id: 'node-1', address: '10.0.0.5:7001' }]);
    assert.ok(readFileSync(join(data, 'raft/snapshots', found?.id ?? '', 'state.bin')).equals(snapshot));
    const log = await readLogStore(files, join(data, 'raft/log.db'));
    assert.is(log.currentTerm, metadata.snapshotTerm);
    await log.close();
    const marker = parseMarker(readFileSync(join(data, 'restore.txt'), 'utf8'));
    assert.is(marker.clusterId, metadata.clusterId);
    assert.is(marker.snapshotIndex, metadata.snapshotIndex);
    assert.is(marker.takenAt, metadata.takenAt);
  });
}

test('prints what was restored and the next step', async () => {
  const data = scratch.path('data');
  const { code, stdout, stderr } = await runJaco(restoring('--data-dir', data, '--advertise-addr', '10.0.0.5:7001'));
  assert.is(code, 0);
  assert.is(
    stdout,
    [
      `Restored cluster c-7f3a at index 9223372036854775809 (term 9007199254740993, 293.0 KiB) into ${data}.`,
      'Its single voter is node-1 at 10.0.0.5:7001, with gRPC at 10.0.0.5:7000.',
      '',
      'Next: start the daemon and confirm that the cluster comes up as a single voter:',
      '  sudo systemctl start jaco',
      '  jaco cluster status',
      '',
    ].join('\n'),
  );
  assert.match(stderr, /^Warning: this host is called .*, not node-1: a daemon starts under its hostname/m);
  assert.match(stderr, /^Warning: the state holds no CA, so this node gets no certificate/m);
  assert.match(stderr, /^Warning: \S+ does not exist and will be created .*chown -R jaco:jaco/m);
});

test('tells a program what was restored, with every digit', async () => {
  const stdout = await jacoSucceeds(restoring('--data-dir', scratch.path('data'), '-o', 'json'));
  assert.match(stdout, /^ {2}"snapshot_index": 9223372036854775809,$/m);
  assert.match(stdout, /^ {2}"snapshot_term": 9007199254740993,$/m);
  const document = JSON.parse(stdout) as Record<string, unknown>;
  assert.is(document['restored'], true);
  assert.is(document['snapshot_size_bytes'], snapshot.length);
  assert.is(document['cluster_id'], 'c-7f3a');
});

test('takes JACO_DATA_DIR for the data directory, and --data-dir before it', async () => {
  const environment = { JACO_DATA_DIR: scratch.path('from environment') };
  await jacoSucceeds(restoring('--data-dir', scratch.path('from flag')), { environment });
  assert.equal(scratch.names(), ['c.tar.gz', 'from flag']);
  await jacoSucceeds(restoring(), { environment });
  assert.equal(scratch.names(), ['c.tar.gz', 'from environment', 'from flag']);
});

test('takes data directory and address from the configuration of the daemon', async () => {
  const configuration = scratch.path('jacod.yaml');
  const data = scratch.path('configured');
  const addresses = 'listen_addr: 10.0.0.9:7500\ncluster_addr: 10.0.0.9:7501';
  writeFileSync(configuration, `data_dir: ${data}\n${addresses}\nunix_socket: /nonexistent/s\n`);
  const stdout = await jacoSucceeds(restoring(), {
    environment: { JACO_CONFIG: configuration, JACO_SOCKET: undefined },
  });
  assert.match(
    stdout,
    / into \S+\/configured\.\nIts single voter is node-1 at 10\.0\.0\.9:7501, with gRPC at 10\.0\.0\.9:7500\.\n/,
  );
});

test('makes everything the property of the data directory’s owner', async () => {
  if (!isRoot) return skipWithoutRoot('giving files to another user');
  const data = scratch.directory('data');
  chownSync(data, otherUser, otherUser + 1);
  await jacoSucceeds(restoring('--data-dir', data));
  assert.equal(inventory(data), storeOwnedBy(otherUser, otherUser + 1));
});

test('keeps what a node has in its data directory besides the store', async () => {
  const data = scratch.directory('data');
  mkdirSync(join(data, 'node'), { mode: 0o750 });
  writeFileSync(join(data, 'node/ca.crt'), 'PEM', { mode: 0o640 });
  mkdirSync(join(data, 'raft/snapshots'), { recursive: true });
  chmodSync(data, 0o750);
  await jacoSucceeds(restoring('--data-dir', data));
  const kept = inventory(data).filter((line) => /^\d+ \S+ node/.test(line));
  assert.equal(
    kept.map((line) => line.replace(/ \S+ /, ' ')),
    ['750 node', '640 node/ca.crt'],
  );
  assert.is(readFileSync(join(data, 'node/ca.crt'), 'utf8'), 'PEM');
  assert.is(lstatSync(data).mode & 0o7777, 0o750);
});

test('does not warn of the name when it is that of this host', async () => {
  const end = await runJaco([
    'restore',
    ...['--input', scratch.path('c.tar.gz'), '--name', hostname(), '--data-dir', scratch.directory('data')],
    ...['--advertise-addr', '10.0.0.5:7001', '--no-identity'],
  ]);
  assert.is(end.code, 0);
  assert.not.match(end.stderr, 'this host is called');
});

test('restores from standard input', async () => {
  const stdin = openSync(scratch.path('c.tar.gz'), 'r');
  await jacoSucceeds(['restore', '--input', '-', '--name', 'node-1', '--data-dir', scratch.path('data')], { stdin });
  closeSync(stdin);
  assert.equal(scratch.names('data'), ['raft', 'restore.txt']);
});

test.run();
