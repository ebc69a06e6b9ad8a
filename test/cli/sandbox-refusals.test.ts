import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createCertificateAuthority } from '../../src/adapters/identity/certificate-authority.js';
import { startUntil } from '../adapters/filesystem/child-process.js';
import { lockingProgram } from '../adapters/filesystem/locking-program.js';
import { skipTest } from '../skipping.js';
import { jacoFails, jacoSucceeds } from './jaco-process.js';
import { type RunningSandbox, startSandbox } from './running-sandbox.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('jaco sandbox that is refused');
const scratch = scratchFor(test);
const started: RunningSandbox[] = [];

test.after.each(async () => {
  await Promise.all(started.splice(0).map((sandbox) => sandbox.stop()));
});

async function start(name: string, ...flags: readonly string[]): Promise<RunningSandbox> {
  const sandbox = await startSandbox(scratch.path(name), flags);
  started.push(sandbox);
  return sandbox;
}

const refused = (name: string, ...flags: readonly string[]) =>
  jacoFails(['sandbox', '--data-dir', scratch.path(name), ...flags]);

/** Every path below and the bytes of every file. */
function contents(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(directory, name);
      return `${name} ${statSync(path).isFile() ? readFileSync(path, 'base64') : ''}`;
    });
}

/** A directory that restore has primed, and that no sandbox has booted yet. */
async function restored(name: string): Promise<string> {
  const sandbox = await startSandbox(scratch.path('origin'), ['--name', 'node-1']);
  await jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', scratch.path('a.tar.gz')]);
  await sandbox.stop();
  await jacoSucceeds([
    'restore',
    '--input',
    scratch.path('a.tar.gz'),
    '--name',
    'recovered',
    '--data-dir',
    scratch.path(name),
  ]);
  return scratch.path(name);
}

test('refuses a marker that does not match the store, and changes nothing', async () => {
  const data = await restored('data');
  const marker = readFileSync(join(data, 'restore.txt'), 'utf8');
  for (const [wrong, reason] of [
    [
      marker.replace(/^cluster_id=.*$/m, 'cluster_id=other'),
      /it names cluster other, the store holds [0-9a-f-]{36}\. /,
    ],
    [
      marker.replace(/^snapshot_index=.*$/m, 'snapshot_index=7'),
      /it names snapshot index 7, the store begins with \d+\. /,
    ],
    [marker.replace(/^taken_at=.*\n/m, ''), /the restore marker cannot be read: taken_at is missing\. /],
    ['', /the restore marker cannot be read: /],
    ['x'.repeat(20_000), /the restore marker cannot be read: /],
  ] as const) {
    writeFileSync(join(data, 'restore.txt'), wrong);
    const before = contents(data);
    const sentence = await refused('data');
    assert.match(sentence, reason);
    assert.match(sentence, /^Error: the restore marker .* Restore again into a fresh data directory\.$/);
    assert.equal(contents(data), before);
  }
  writeFileSync(join(data, 'restore.txt'), marker);
  assert.match((await start('data')).text, /\(restored; RESTORE_COMPLETED is recorded\)/);
});

test('refuses a marker without a store', async () => {
  const data = await restored('data');
  rmSync(join(data, 'raft'), { recursive: true });
  const before = contents(data);
  assert.match(await refused('data'), /holds the marker of a restore and no raft store: .* Run jaco restore again\.$/);
  assert.equal(contents(data), before);
});

test('refuses to boot under a name that is not the voter, and touches nothing', async () => {
  const data = await restored('data');
  const before = contents(data);
  assert.match(
    await refused('data', '--name', 'somebody'),
    /^Error: the raft store's single voter is recovered: a node called somebody would never lead it\. Start it with --name recovered\.$/,
  );
  assert.equal(contents(data), before);
});

test('refuses a name that cannot be a hostname', async () => {
  assert.match(await refused('data', '--name', 'node_1'), /^Error: the name "node_1" cannot be a hostname\. /);
  assert.equal(scratch.names(), []);
});

test('refuses a socket on which another daemon listens, and writes nothing', async () => {
  const { socket } = await start('one');
  assert.match(
    await refused('two', '--socket', socket),
    /^Error: cannot listen on \S+: process \d+ \(node\) does\. Stop it first, or choose another path with --socket\.$/,
  );
  assert.equal(scratch.names(), ['one']);
});

test('says that there is no directory for its socket', async () => {
  assert.match(
    await refused('data', '--socket', scratch.path('missing', 's')),
    /^Error: cannot listen on \S+\/missing\/s: there is no such file or directory\. Check the path\.$/,
  );
});

// sysfs makes no files, and so no sockets. Who is not root is told of the permissions first.
test('says that a file system takes no sockets', async () => {
  assert.match(
    await refused('data', '--socket', '/sys/jaco-sandbox.sock'),
    process.getuid?.() === 0
      ? /^Error: cannot listen on \/sys\/jaco-sandbox\.sock: the file system there takes no sockets\. Choose another path with --socket\.$/
      : /^Error: cannot listen on \/sys\/jaco-sandbox\.sock: permission denied\. /,
  );
});

test('refuses a data directory that another sandbox uses', async () => {
  await start('one');
  assert.match(await refused('one'), /^Error: cannot listen on \S+\/one\/jaco\.sock: process \d+ \(node\) does\. /);
  assert.match(
    await refused('one', '--socket', scratch.path('s')),
    /^Error: cannot boot \S+\/one: another jaco process uses it\. Stop it first, or choose another --data-dir\.$/,
  );
});

test('refuses a restore into the directory of a running sandbox', async () => {
  const sandbox = await start('one', '--name', 'node-1');
  await jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', scratch.path('a.tar.gz')]);
  const parameters = ['restore', '--input', scratch.path('a.tar.gz'), '--name', 'n', '--data-dir', scratch.path('one')];
  assert.match(
    await jacoFails([...parameters, '--socket', sandbox.socket]),
    /a daemon is running: process \d+ \(node\) listens on/,
  );
  assert.match(await jacoFails(parameters), /raft\/log\.db already exists\. /);
});

test('refuses a path at which something else than a socket is', async () => {
  writeFileSync(scratch.path('file'), 'precious');
  assert.match(
    await refused('data', '--socket', scratch.path('file')),
    /: it is something else than a socket\. Choose/,
  );
  assert.is(readFileSync(scratch.path('file'), 'utf8'), 'precious');
});

test('refuses a path that is too long for a socket, and says what to do', async () => {
  assert.match(
    await refused('x'.repeat(100)),
    /: the path is too long for a unix socket\. Name the socket by a path in one line, of at most 1\d\d bytes\.$/,
  );
  assert.equal(scratch.names(), []);
});

test('refuses a path with a line break for a socket, and shows it in one line', async () => {
  assert.match(
    await refused('data', '--socket', scratch.path('a\nb')),
    /a\\u\{a\}b: the path holds a line break, which gRPC cannot write\. Name the socket/,
  );
  assert.equal(scratch.names(), []);
});

test('refuses an address on which another process listens, and writes nothing', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  assert.is(
    await refused('data', '--listen', `127.0.0.1:${port}`),
    `Error: cannot listen on 127.0.0.1:${port}: somebody else listens there. Choose another address with --listen.`,
  );
  other.close();
  assert.equal(scratch.names(), []);
});

for (const [address, reason] of [
  [
    'nonsense',
    /^Error: the address to listen on, "nonsense", is not a host:port\. Write it like 127\.0\.0\.1:7000; port 0/,
  ],
  ['192.0.2.1:7000', /cannot listen on 192\.0\.2\.1:7000: this machine has no such address\. /],
] as const) {
  test(`refuses to listen on ${address}`, async () => assert.match(await refused('data', '--listen', address), reason));
}

test('refuses to serve TLS with the identity of another cluster', async () => {
  const other = await createCertificateAuthority('another cluster', Date.now());
  const sandbox = await startSandbox(scratch.path('data'), ['--name', 'node-1', '--listen', '127.0.0.1:0']);
  await sandbox.stop();
  const [certificate, key, ca] = ['node-1.crt', 'node-1.key', 'ca.crt'].map((name) =>
    scratch.path('data', 'node', name),
  );
  for (const [path, text, reason] of [
    [key, other.key, /cannot serve TLS with \S+node-1\.key: it is not the key of CN=node-1\. Move it away/],
    [key, 'hello', /cannot serve TLS with \S+node-1\.key: it is not a certificate or key\. /],
    [certificate, 'hello', /cannot serve TLS with \S+node-1\.crt: it is not a certificate or key\. /],
    [ca, other.certificate, /cannot serve TLS with \S+ca\.crt: it is not the CA certificate of this cluster\. /],
  ] as const) {
    const good = readFileSync(path as string);
    writeFileSync(path as string, text);
    assert.match(await refused('data', '--listen', '127.0.0.1:0'), reason);
    writeFileSync(path as string, good);
  }
});

test('refuses a data directory that is a file', async () => {
  writeFileSync(scratch.path('data'), '');
  assert.match(await refused('data'), /^Error: cannot look at \S+: a part of the path is not a directory\. /);
});

test('takes the place of a sandbox that was killed', async () => {
  mkdirSync(scratch.path('data'));
  const killed = await startSandbox(scratch.path('data'));
  await killed.stop('SIGKILL');
  await start('data');
});

test('refuses a store that a daemon has open, and touches nothing', async () => {
  const data = await restored('data');
  const program = lockingProgram(join(data, 'raft/log.db'));
  if (program === undefined) return skipTest('a lock on log.db (no flock or python3 here)');
  const before = contents(data);
  const daemon = await startUntil('locked', ...program);
  try {
    assert.match(
      await refused('data'),
      /^Error: cannot boot \S+data: process \d+ holds the lock on raft\/log\.db\. Stop it first, or choose another/,
    );
  } finally {
    await daemon.end();
  }
  assert.equal(contents(data), before);
});

test.run();
