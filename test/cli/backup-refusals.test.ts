import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sampleToken } from '../adapters/grpc/loopback-transport.js';
import { jacoFails } from './jaco-process.js';
import { operatorToken, type RunningSandbox, startSandbox } from './running-sandbox.js';
import { scratchFor, sharedScratchFor } from './scratch-directory.js';
import { asOtherUser, isRoot, skipWithoutRoot } from './unprivileged-jaco.js';

const test = suite('jaco backup that cannot begin');
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

/** Fails with what the flags say, and leaves no file. */
async function refused(
  flags: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<string> {
  const before = scratch.names();
  const sentence = await jacoFails(['backup', '--output', scratch.path('a.tar.gz'), ...flags], { environment });
  assert.equal(scratch.names(), before);
  return sentence;
}

const noToken =
  'Error: a connection with --server needs an operator token, and none was given. Set JACO_TOKEN or give --token-file, or leave --server out to use the local socket.';

test('says what is missing when --server is given without a token', async () => {
  assert.is(await refused(['--server', '10.0.0.5:7000']), noToken);
  assert.is(await refused(['--server', '10.0.0.5:7000'], { JACO_TOKEN: '' }), noToken);
  assert.is(await refused(['--server', '10.0.0.5:7000', '--token', ' \n']), noToken);
});

test('does not repeat a token that cannot be one', async () => {
  const sentence = await refused(['--server', '10.0.0.5:7000', '--ca-cert', sandbox.caCertificate], {
    JACO_TOKEN: 'two words',
  });
  assert.is(
    sentence,
    'Error: the operator token holds characters that no token has. Check JACO_TOKEN or --token (the operator token, 64 hexadecimal characters).',
  );
});

test('shows a token that the cluster does not know as token_invalid', async () => {
  const flags = ['--server', sandbox.server, '--ca-cert', sandbox.caCertificate];
  const sentence = await refused(flags, { JACO_TOKEN: sampleToken, JACO_DEBUG: '' });
  assert.is(
    sentence,
    'Error: token_invalid: the operator token is not known. Check JACO_TOKEN or --token (the operator token, 64 hexadecimal characters).',
  );
});

for (const [what, make, reason] of [
  ['is not there', () => undefined, 'there is no such file'],
  ['is no PEM', (path: string) => writeFileSync(path, 'hello'), 'it is not a PEM certificate'],
  ['is a directory', (path: string) => mkdirSync(path), 'it is a directory'],
] as const) {
  test(`says where to get the CA certificate when its file ${what}`, async () => {
    const path = scratch.path('ca.crt');
    make(path);
    const sentence = await refused(['--server', sandbox.server, '--ca-cert', path], { JACO_TOKEN: token });
    assert.is(
      sentence,
      `Error: cannot use ${path} as the cluster CA certificate: ${reason}. Copy node/ca.crt from the data directory of a node and name it with --ca-cert or JACO_CA_CERT.`,
    );
  });
}

test('looks for the CA certificate and the socket where the daemon has them', async () => {
  const overTls = await refused(['--server', sandbox.server], { JACO_TOKEN: token, JACO_CA_CERT: undefined });
  assert.match(overTls, /^Error: cannot use \/var\/lib\/jaco\/node\/ca\.crt as the cluster CA certificate: /);
  const local = await refused([], { JACO_SOCKET: undefined });
  assert.match(
    local,
    /^Error: cannot reach the daemon at \/var\/run\/jaco\/jaco\.sock: there is no such socket\. Start/,
  );
});

for (const [what, make, reason] of [
  ['nothing', () => undefined, 'there is no such socket'],
  ['a file', (path: string) => writeFileSync(path, ''), 'it is not a socket'],
  ['a link to nothing', (path: string) => symlinkSync('nothing', path), 'there is no such socket'],
] as const) {
  test(`says what to do when ${what} is where the socket should be`, async () => {
    const path = scratch.path('jaco.sock');
    make(path);
    const sentence = await refused(['--socket', path]);
    assert.ok(sentence.startsWith(`Error: cannot reach the daemon at ${path}: ${reason}. `), sentence);
    assert.match(sentence, /with --socket, or give --server\.$/);
  });
}

test('refuses the path of a socket with a line break, and shows it in one line', async () => {
  for (const broken of ['\n', '\r', '\u2028']) {
    const sentence = await refused(['--socket', scratch.path(`a${broken}b`)]);
    assert.match(
      sentence,
      /a\\u\{[0-9a-f]+\}b: the path holds a line break, which gRPC cannot write\. Name the socket/,
    );
  }
});

test('refuses flags of which only one can have its way', async () => {
  assert.is(
    await refused(['--server', '10.0.0.5:7000', '--socket', '/run/jaco.sock', '--token', sampleToken]),
    'Error: --socket and --server name two daemons. Give the one that is to be asked.',
  );
  for (const [flag, value] of [
    ['--token', sampleToken],
    ['--ca-cert', '/etc/ca.crt'],
  ] as const) {
    assert.is(
      await refused(['--no-follow', flag, value]),
      `Error: ${flag} has no use without --server: the local socket needs neither. Give --server <host:port>, or leave ${flag} out.`,
    );
  }
  // With it a follower's leader would be asked.
  assert.match(await refused(['--token', sampleToken, '--socket', scratch.path('s')]), 'there is no such socket');
});

test('takes JACO_TOKEN and JACO_SOCKET for defaults, which a flag may make useless', async () => {
  const environment = { JACO_TOKEN: sampleToken, JACO_SOCKET: scratch.path('s') };
  assert.match(await refused(['--no-follow'], environment), 'there is no such socket');
  assert.match(
    await refused(['--server', sandbox.server, '--ca-cert', sandbox.caCertificate], environment),
    'token_invalid',
  );
});

test('refuses the path of a socket that is too long for one', async () => {
  const sentence = await refused(['--socket', scratch.path('x'.repeat(120))]);
  assert.match(
    sentence,
    /: the path is too long for a unix socket\. Name the socket by a path in one line, of at most 1\d\d bytes\.$/,
  );
});

test('refuses an invalid address', async () => {
  assert.match(
    await refused(['--server', 'https://node-1'], { JACO_TOKEN: token }),
    /^Error: the server's address "https:\/\/node-1" is not a host:port\. Give the leader's gRPC address with --server/,
  );
});

test('refuses a snapshot that is larger than --max-snapshot-size', async () => {
  assert.match(
    await refused(['--socket', sandbox.socket, '--max-snapshot-size', '1KiB']),
    /^Error: the archive's snapshot\.bin has \d+ bytes, more than the limit of 1024\. .* --max-snapshot-size\.$/,
  );
});

for (const [what, output, make, expected] of [
  [
    'in a directory that is not there',
    'none/a.tar.gz',
    () => undefined,
    'there is no such file or directory. Check the path.',
  ],
  [
    'below a file',
    'file/a.tar.gz',
    (path: string) => writeFileSync(dirname(path), ''),
    'a part of the path is not a directory. Check the path.',
  ],
  [
    'that is a directory',
    'dir',
    (path: string) => mkdirSync(path),
    'it is a directory. Give --output the path of a file.',
  ],
  [
    'that is a link to nothing',
    'link',
    (path: string) => symlinkSync('nothing', path),
    'it is a symbolic link to nothing. Give --output the path of a file.',
  ],
] as const) {
  test(`refuses an output ${what}`, async () => {
    const path = scratch.path(output);
    make(path);
    const sentence = await jacoFails(['backup', '--socket', sandbox.socket, '--output', path]);
    assert.match(sentence, /^Error: cannot write (the backup to )?\//);
    assert.ok(sentence.endsWith(`${path}: ${expected}`), sentence);
  });
}

test('says to use sudo where the directory may not be written', async () => {
  if (!isRoot) return skipWithoutRoot('becoming another user');
  const circumstances = asOtherUser(scratch);
  chmodSync(scratch.directory('closed'), 0o555);
  const parameters = ['backup', '--socket', sandbox.socket, '--output', scratch.path('closed', 'a.tar.gz')];
  const sentence = await jacoFails(parameters, circumstances);
  assert.match(sentence, /^Error: cannot write \S+: permission denied\. Run it with sudo, or as the user that owns/);
});

test('says who may use the socket where its permissions do not let the user', async () => {
  if (!isRoot) return skipWithoutRoot('becoming another user');
  const circumstances = asOtherUser(scratch);
  chmodSync(scratch.directory('open'), 0o777);
  chmodSync(shared.path(), 0o755);
  chmodSync(shared.path('node'), 0o755);
  const parameters = ['backup', '--socket', sandbox.socket, '--output', scratch.path('open', 'a.tar.gz')];
  const sentence = await jacoFails(parameters, circumstances);
  assert.is(
    sentence,
    `Error: cannot reach the daemon at ${sandbox.socket}: permission denied. Run it with sudo, or as a member of the group jaco.`,
  );
});

test.run();
