import { closeSync, lstatSync, openSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { backupPath, startMisbehavingDaemon } from '../adapters/grpc/misbehaving-daemon.js';
import { archiveFiles } from '../builders/archive-files.js';
import { inSchema, metadataWith } from '../builders/snapshot-metadata.js';
import { tarGzipArchive } from '../builders/tar-gzip-archive.js';
import { jacoSucceeds, runJaco } from './jaco-process.js';
import { operatorToken, type RunningSandbox, startSandbox } from './running-sandbox.js';
import { scratchFor, sharedScratchFor } from './scratch-directory.js';

const test = suite('jaco backup');
const shared = sharedScratchFor(test);
const scratch = scratchFor(test);
let sandbox: RunningSandbox;
let token: string;

test.before(async () => {
  sandbox = await startSandbox(shared.path('node'), ['--name', 'node-1', '--listen', '127.0.0.1:0']);
  token = operatorToken(shared.path('node'));
});
test.after(async () => {
  await sandbox.stop();
});

/** The metadata of the archive at `path`, after reading all of it. */
async function readArchive(path: string) {
  const opened = await archiveFiles({ snapshotBytes: 1024 ** 2 }).open(path);
  for await (const _ of opened.snapshot);
  await opened.close();
  if (opened.metadata.kind !== 'plain') throw new Error('it is not of schema 1');
  return opened.metadata;
}

test('writes the archive over the socket, prints its size, and leaves nothing else', async () => {
  const output = scratch.path('cluster.tar.gz');
  const end = await runJaco(['backup', '--socket', sandbox.socket, '--output', output]);
  const file = lstatSync(output);
  assert.equal(end, { code: 0, stdout: `Wrote ${file.size} bytes to ${output}\n`, stderr: '' });
  assert.is(file.mode & 0o7777, 0o600);
  assert.equal(scratch.names(), ['cluster.tar.gz']);
  const metadata = await readArchive(output);
  assert.is(metadata.schemaVersion, 1);
  assert.is(metadata.leaderAtSnapshot, '127.0.0.1:7001');
  assert.ok(metadata.snapshotIndex > 4178n);
});

test('prints the name of the file as it was given', async () => {
  const directory = scratch.path();
  const stdout = await jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', './a b.tar.gz'], { directory });
  assert.is(stdout, `Wrote ${lstatSync(scratch.path('a b.tar.gz')).size} bytes to ./a b.tar.gz\n`);
});

test('writes the archive over TLS with the token of the environment', async () => {
  const output = scratch.path('cluster.tar.gz');
  const flags = ['--server', sandbox.server, '--ca-cert', sandbox.caCertificate];
  const end = await runJaco(['backup', ...flags, '--output', output], { environment: { JACO_TOKEN: token } });
  assert.equal(end, { code: 0, stdout: `Wrote ${lstatSync(output).size} bytes to ${output}\n`, stderr: '' });
  await readArchive(output);
});

test('lets --token, --ca-cert and --socket win over the environment', async () => {
  const environment = { JACO_TOKEN: 'wrong', JACO_CA_CERT: '/nonexistent', JACO_SOCKET: '/nonexistent' };
  const overTls = ['--server', sandbox.server, '--ca-cert', sandbox.caCertificate, '--token', token];
  await Promise.all([
    jacoSucceeds(['backup', ...overTls, '--output', scratch.path('a.tar.gz')], { environment }),
    jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', scratch.path('b.tar.gz')], { environment }),
  ]);
});

test('takes JACO_SOCKET for the socket, and JACO_CA_CERT for the CA', async () => {
  const environment = { JACO_TOKEN: `${token}\n`, JACO_CA_CERT: sandbox.caCertificate, JACO_SOCKET: sandbox.socket };
  await Promise.all([
    jacoSucceeds(['backup', '--output', scratch.path('a.tar.gz')], { environment }),
    jacoSucceeds(['backup', '--server', sandbox.server, '--output', scratch.path('b.tar.gz')], { environment }),
  ]);
});

test('sends no token over the socket', async () => {
  const archive = await tarGzipArchive(metadataWith(), Buffer.from('\n\x08\n\x06c-7f3a'));
  const daemon = await startMisbehavingDaemon(
    { socket: scratch.path('s') },
    {
      async [backupPath]({ sendChunk, end }) {
        await sendChunk(archive);
        end({ status: 0 });
      },
    },
  );
  const environment = { JACO_TOKEN: token };
  await jacoSucceeds(['backup', '--socket', scratch.path('s'), '--output', scratch.path('a.tar.gz')], { environment });
  assert.equal(daemon.received, [{ path: backupPath, authorization: undefined }]);
  await daemon.close();
  assert.ok(readFileSync(scratch.path('a.tar.gz')).equals(archive));
});

test('takes several archives of a running cluster, each at a later index', async () => {
  const indexes: bigint[] = [];
  for (const name of ['a', 'b']) {
    await jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', scratch.path(name)]);
    indexes.push((await readArchive(scratch.path(name))).snapshotIndex);
  }
  assert.ok((indexes[0] as bigint) < (indexes[1] as bigint));
});

test('replaces an existing file, and makes it readable by its owner only', async () => {
  writeFileSync(scratch.path('a.tar.gz'), 'the archive of yesterday', { mode: 0o644 });
  await jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', scratch.path('a.tar.gz')]);
  await readArchive(scratch.path('a.tar.gz'));
  assert.is(lstatSync(scratch.path('a.tar.gz')).mode & 0o7777, 0o600);
});

test('writes to where a symbolic link points', async () => {
  writeFileSync(scratch.path('real.tar.gz'), '');
  symlinkSync('real.tar.gz', scratch.path('latest.tar.gz'));
  await jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', scratch.path('latest.tar.gz')]);
  assert.ok(lstatSync(scratch.path('latest.tar.gz')).isSymbolicLink());
  await readArchive(scratch.path('real.tar.gz'));
});

test('keeps an archive of schema 2 and says that its state was not read without its keyring', async () => {
  const archive = await tarGzipArchive(inSchema({ schemaVersion: 2 }), Buffer.from('an encrypted envelope'));
  const daemon = await startMisbehavingDaemon(
    { socket: scratch.path('s') },
    {
      async [backupPath]({ sendChunk, end }) {
        await sendChunk(archive);
        end({ status: 0 });
      },
    },
  );
  const end = await runJaco(['backup', '--socket', scratch.path('s'), '--output', scratch.path('a.tar.gz')]);
  await daemon.close();
  assert.is(end.stdout, `Wrote ${archive.length} bytes to ${scratch.path('a.tar.gz')}\n`);
  assert.match(end.stderr, /^Warning: the archive has schema 2, [^\n]* which is sealed[^\n]* --key-file [^\n]*\n$/);
  assert.is(end.code, 0);
  assert.ok(readFileSync(scratch.path('a.tar.gz')).equals(archive));
});

test('takes a timeout of many days', async () => {
  await jacoSucceeds(['backup', '--timeout', '60d', '--socket', sandbox.socket, '--output', scratch.path('a.tar.gz')]);
});

test('writes the archive, and only that, to standard output', async () => {
  const stdout = openSync(scratch.path('piped'), 'w');
  const end = await runJaco(['backup', '--socket', sandbox.socket, '--output', '-'], { stdout });
  closeSync(stdout);
  assert.is(end.code, 0);
  assert.is(end.stderr, `Wrote ${lstatSync(scratch.path('piped')).size} bytes to standard output\n`);
  await readArchive(scratch.path('piped'));
  assert.equal(scratch.names(), ['piped']);
});

test.run();
