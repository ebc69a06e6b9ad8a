import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { noise, snapshotOf } from '../builders/snapshot-bytes.js';
import { inSchema, metadataJson, metadataWith } from '../builders/snapshot-metadata.js';
import { metadataEntry, snapshotEntry, tarGzip, tarGzipArchive } from '../builders/tar-gzip-archive.js';
import { hostConfiguration, jacoFails, runJaco } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';
import { asOtherUser, isRoot, skipWithoutRoot } from './unprivileged-jaco.js';

const test = suite('jaco restore that is refused');
const scratch = scratchFor(test);
const metadata = metadataWith();
const snapshot = snapshotOf(metadata.clusterId, 100_000);
const good = await tarGzipArchive(metadata, snapshot);
let daemon: Server | undefined;

test.after.each(() => {
  daemon?.close();
  daemon = undefined;
});

interface Attempt {
  readonly archive?: Uint8Array;
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly circumstances?: Parameters<typeof jacoFails>[1];
}

/** Fails to restore, and leaves the data directory, which is not there unless the test made it, as it was. */
async function refused({ archive = good, flags = [], environment = {}, circumstances = {} }: Attempt): Promise<string> {
  writeFileSync(scratch.path('c.tar.gz'), archive, { mode: 0o644 });
  const before = [existsSync(scratch.path('data')), scratch.names('data'), scratch.names('data', 'raft')];
  const common = ['--input', scratch.path('c.tar.gz'), '--name', 'node-1', '--data-dir', scratch.path('data')];
  const sentence = await jacoFails(['restore', ...common, ...flags], { environment, ...circumstances });
  assert.equal([existsSync(scratch.path('data')), scratch.names('data'), scratch.names('data', 'raft')], before);
  return sentence;
}

const malformed = Buffer.concat([snapshot, Buffer.from([0x1a, 0x7f])]);
const notMeta = (text: string) => tarGzip({ name: 'meta.json', content: text }, snapshotEntry(snapshot));

for (const [what, archive, expected] of [
  [
    'schema 2',
    await tarGzipArchive(inSchema({ schemaVersion: 2 }), noise(500)),
    /schema 2: its state is sealed under the keyring of its cluster, and no keyring is at hand\. Name the file .*--key-file.*\.$/,
  ],
  [
    'schema 3',
    await tarGzipArchive(inSchema({ schemaVersion: 3 }), noise(500)),
    /the archive has schema 3; this version restores schemas 1 and 2\. /,
  ],
  [
    'snapshot_index 0',
    await tarGzipArchive(metadataWith({ snapshotIndex: 0n }), snapshot),
    /meta\.json says snapshot_index 0, which no raft snapshot has\. /,
  ],
  [
    'snapshot_term 0',
    await tarGzipArchive(metadataWith({ snapshotTerm: 0n }), snapshot),
    /meta\.json says snapshot_term 0, which no raft snapshot has\. /,
  ],
  [
    'a snapshot that is cut short inside',
    await tarGzipArchive(metadata, malformed),
    /snapshot\.bin is not a well-formed state: at byte \d+, /,
  ],
  [
    'a snapshot that is noise',
    await tarGzipArchive(metadata, noise(5_000)),
    /snapshot\.bin is not a well-formed state: at byte \d+, /,
  ],
  ['an empty snapshot', await tarGzipArchive(metadata, Buffer.alloc(0)), /snapshot\.bin names no cluster/],
  [
    'the snapshot of another cluster',
    await tarGzipArchive(metadata, snapshotOf('c-other')),
    /snapshot\.bin is of cluster c-other, but meta\.json says c-7f3a: the two do not belong together\. /,
  ],
  [
    'an index beyond uint64',
    await notMeta(metadataJson(metadata).replace(':1000,', ':18446744073709551616,')),
    /snapshot_index is not a whole number from 0 to 2\^64-1/,
  ],
  [
    'an index with a fraction',
    await notMeta(metadataJson(metadata).replace(':1000,', ':1000.5,')),
    /snapshot_index is not a whole number/,
  ],
  [
    'meta.json without a cluster',
    await notMeta('{"schema_version":1}'),
    /its meta\.json is unusable: cluster_id is missing/,
  ],
  ['meta.json that is no JSON', await notMeta('{'), /its meta\.json is unusable: it is not JSON/],
  ['no meta.json', await tarGzip(snapshotEntry(snapshot)), /meta\.json is missing/],
  ['no snapshot.bin', await tarGzip(metadataEntry(metadata)), /snapshot\.bin is missing/],
  [
    'a third entry',
    await tarGzip(metadataEntry(metadata), snapshotEntry(snapshot), { name: 'more', content: '' }),
    /an entry "more" that no backup has/,
  ],
  ['a cut end', good.subarray(0, good.length / 2), /is not a complete backup: it is cut short\. /],
  ['bytes after its end', Buffer.concat([good, Buffer.from('more')]), /is not a complete backup: /],
  ['no gzip', Buffer.from('hello'), /is not a complete backup: it is not gzip data\. /],
] as const) {
  test(`refuses an archive with ${what}`, async () => {
    const sentence = await refused({ archive });
    assert.ok(expected.test(sentence), `${expected} does not describe: ${sentence}`);
    assert.match(sentence, /(Use another archive|take the backup again|--key-file|Restore it with the jaco)/i);
  });
}

for (const [name, expected] of Object.entries({
  node_1: /^Error: the name "node_1" cannot be a hostname: .*--name \$\(hostname\)\.$/,
  '-node': /^Error: the name "-node" cannot be a hostname/,
  'node..1': /cannot be a hostname/,
  'node 1': /cannot be a hostname/,
  ['x'.repeat(64)]: /cannot be a hostname/,
  '../../etc': /cannot be a hostname/,
})) {
  test(`refuses the name ${name.slice(0, 20)}`, async () => {
    assert.match(await refused({ flags: [`--name=${name}`] }), expected);
  });
}

for (const address of ['node-1', '0.0.0.0:7001', '[::]:7001', '10.0.0.5:0', '10.0.0.5:70000']) {
  test(`refuses ${address} as the address that other nodes dial`, async () => {
    const expected = `Error: the raft address "${address}" is not one that other nodes can dial. Give the host:port of`;
    assert.ok((await refused({ flags: ['--advertise-addr', address] })).startsWith(expected));
  });
}

test('refuses an archive that is not there, and a directory', async () => {
  mkdirSync(scratch.path('dir'));
  const reading = (input: string) => refused({ flags: ['--input', scratch.path(input)] });
  assert.match(
    await reading('none'),
    /^Error: cannot read the archive \S+none: there is no such file or directory\. Check/,
  );
  assert.match(await reading('dir'), /^Error: cannot read the archive \S+dir: it is a directory\. Give/);
});

test('refuses a snapshot that is larger than --max-snapshot-size', async () => {
  const sentence = await refused({ flags: ['--max-snapshot-size', '50KB'] });
  assert.match(
    sentence,
    /snapshot\.bin has \d+ bytes, more than the limit of 50000\. .* raise the limit with --max-snapshot-size\.$/,
  );
});

for (const [what, make, found] of [
  ['a store', () => writeFileSync(`${scratch.directory('data', 'raft')}/log.db`, ''), 'raft/log\\.db'],
  [
    'snapshots without a log',
    () => writeFileSync(`${scratch.directory('data', 'raft', 'snapshots', '1-1-1')}/meta.json`, ''),
    'raft/snapshots/1-1-1/meta\\.json',
  ],
  ['a link in its place', () => symlinkSync('/nonexistent', `${scratch.directory('data')}/raft`), 'raft'],
] as const) {
  test(`refuses a data directory that holds ${what}`, async () => {
    make();
    const sentence = await refused({});
    assert.match(
      sentence,
      new RegExp(
        `^Error: cannot restore into \\S+/data: ${found} already exists\\. Point JACO_DATA_DIR at a fresh directory, or move the old one away\\.$`,
      ),
    );
  });
}

test('refuses a data directory that is a file', async () => {
  writeFileSync(scratch.path('data'), '');
  assert.match(await refused({}), /^Error: cannot restore into \S+\/data: it is not a directory\. /);
});

test('refuses while a daemon listens on the socket, however it is named', async () => {
  const socket = scratch.path('jaco.sock');
  daemon = createServer((connection) => connection.destroy()).listen(socket);
  await new Promise((resolve) => daemon?.once('listening', resolve));
  writeFileSync(
    scratch.path('jacod.yaml'),
    `${readFileSync(hostConfiguration, 'utf8')}data_dir: ${scratch.path('data')}\nunix_socket: ${socket}\n`,
  );
  const expected = new RegExp(
    `: a daemon is running: process ${process.pid} \\(node\\) listens on ${socket}.*Stop it first \\(sudo systemctl stop jaco\\)(?:, or name the socket of this directory's daemon with --socket)?\\.$`,
  );
  assert.match(await refused({ flags: ['--socket', socket] }), expected);
  assert.match(await refused({ environment: { JACO_SOCKET: socket } }), expected);
  const environment = { JACO_CONFIG: scratch.path('jacod.yaml'), JACO_SOCKET: '' };
  assert.match(await refused({ environment }), expected);
});

for (const [what, make, reason] of [
  ['that is not there', () => undefined, 'there is no such file'],
  ['that is no YAML', (path: string) => writeFileSync(path, '{'), 'it is not YAML'],
  [
    'with a list for an address',
    (path: string) => writeFileSync(path, 'cluster_addr: [10.0.0.5, 7001]'),
    'cluster_addr is not text',
  ],
] as const) {
  test(`refuses a configuration of the daemon ${what}`, async () => {
    make(scratch.path('jacod.yaml'));
    const sentence = await refused({ environment: { JACO_CONFIG: scratch.path('jacod.yaml') } });
    assert.match(
      sentence,
      new RegExp(`^Error: cannot read the daemon's configuration \\S+jacod\\.yaml: ${reason}\\. Correct it,`),
    );
  });
}

test('says to use sudo where the data directory may not be written', async () => {
  if (!isRoot) return skipWithoutRoot('becoming another user');
  const circumstances = asOtherUser(scratch);
  chmodSync(scratch.directory('data'), 0o755);
  const expected = /^Error: cannot restore into \S+\/data: permission denied\. Run it with sudo\.$/;
  assert.match(await refused({ circumstances }), expected);
  chmodSync(scratch.path('data'), 0o700);
  assert.match(await refused({ circumstances }), /^Error: cannot .*: permission denied\. Run it with sudo/);
});

test('does not restore into a directory that holds something else, unless asked to', async () => {
  const data = scratch.directory('data');
  writeFileSync(`${data}/letters.txt`, 'mine');
  assert.is(
    await refused({}),
    `Error: cannot restore into ${data}: it holds letters.txt, and nothing that a daemon keeps. Name the data directory of the daemon, or give --into-other-files if it really is this one.`,
  );
  assert.match(
    await refused({ flags: ['--data-dir', '/'] }),
    /^Error: cannot restore into \/: it holds \S+, and nothing/,
  );
  const common = ['--input', scratch.path('c.tar.gz'), '--name', 'node-1', '--data-dir', data];
  const address = ['--advertise-addr', '10.0.0.5:7001'];
  assert.is((await runJaco(['restore', ...common, ...address, '--into-other-files'])).code, 0);
  assert.is(readFileSync(`${data}/letters.txt`, 'utf8'), 'mine');
});

test('does not put the marker into the place of an archive that is called restore.txt', async () => {
  const input = `${scratch.directory('data')}/restore.txt`;
  writeFileSync(input, good);
  const message = await refused({ flags: ['--input', input] });
  assert.match(message, /: restore\.txt is there, and is not a restore marker\. Move it away: /);
  assert.equal(readFileSync(input), Buffer.from(good));
});

test.run();
