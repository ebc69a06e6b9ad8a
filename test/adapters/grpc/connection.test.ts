import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type DaemonConnection,
  openClient,
  readCaCertificate,
  serverAddress,
} from '../../../src/adapters/grpc/connection.js';
import { diagnoseConnection } from '../../../src/adapters/grpc/connection-diagnosis.js';
import { unixSocketPath, unixSocketPathLimit } from '../../../src/adapters/host/unix-socket-path.js';
import { createCertificateAuthority } from '../../../src/adapters/identity/certificate-authority.js';
import { JacoError } from '../../../src/domain/errors.js';
import { scratchFor } from '../../cli/scratch-directory.js';
import { sampleToken } from './loopback-transport.js';

const test = suite('connection to a daemon');
const scratch = scratchFor(test);
const authority = await createCertificateAuthority('the cluster', Date.now());

async function refusalOf(pending: Promise<unknown>): Promise<JacoError> {
  const error = await pending.then(
    () => new Error('it succeeded'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof JacoError) return error;
  throw error;
}

function overTls(changes: Partial<Extract<DaemonConnection, { kind: 'tls' }>>): DaemonConnection {
  writeFileSync(scratch.path('ca.crt'), authority.certificate);
  return {
    kind: 'tls',
    address: '10.0.0.5:7000',
    caCertificatePath: scratch.path('ca.crt'),
    token: sampleToken,
    ...changes,
  };
}

for (const [text, expected] of Object.entries({
  '10.0.0.5:7100': { host: '10.0.0.5', port: 7100 },
  '10.0.0.5': { host: '10.0.0.5', port: 7000 },
  'node-1': { host: 'node-1', port: 7000 },
  '[2001:db8::5]:7100': { host: '2001:db8::5', port: 7100 },
  '[2001:db8::5]': { host: '2001:db8::5', port: 7000 },
})) {
  test(`reads --server ${text}`, () => assert.equal(serverAddress(text), expected));
}

for (const text of ['', ':7000', 'node-1:', 'node-1:0', 'node-1:65536', 'https://node-1:7000', 'a b', 'node-1/x']) {
  test(`refuses --server "${text}"`, async () => {
    const error = await refusalOf(openClient(overTls({ address: text })));
    assert.is(error.code, 'request_invalid');
    assert.ok(error.message.includes(`"${text}"`), error.message);
  });
}

test('sends no token over the socket', async () => {
  const { client, metadata } = await openClient({ kind: 'socket', path: scratch.path('jaco.sock') });
  assert.equal(metadata.getMap(), {});
  client.close();
});

test('sends the token as a bearer token over TLS', async () => {
  const { client, metadata } = await openClient(overTls({}));
  assert.equal(metadata.getMap(), { authorization: `Bearer ${sampleToken}` });
  client.close();
});

for (const token of ['two words', 'line\nbreak', 'ünicode', '']) {
  test(`refuses the token ${JSON.stringify(token)} without repeating it`, async () => {
    const error = await refusalOf(openClient(overTls({ token })));
    assert.is(error.code, 'credentials_missing');
    if (token !== '') assert.not.ok(`${error.message} ${JSON.stringify(error.remedies)}`.includes(token));
  });
}

for (const [what, make, reason] of [
  ['that is not there', () => undefined, 'there is no such file'],
  ['that is a directory', (path: string) => mkdirSync(path), 'it is a directory'],
  ['that is empty', (path: string) => writeFileSync(path, ''), 'it is not a PEM certificate'],
  ['that holds a key', (path: string) => writeFileSync(path, authority.key), 'it is not a PEM certificate'],
  [
    'that is damaged',
    (path: string) => writeFileSync(path, authority.certificate.replace(/\n\w{8}/, '\nAAAAAAAA')),
    'its PEM certificate is damaged',
  ],
] as const) {
  test(`refuses a CA file ${what}`, async () => {
    make(scratch.path('other.crt'));
    const error = await refusalOf(readCaCertificate(scratch.path('other.crt')));
    assert.is(error.code, 'ca_unreadable');
    assert.ok(error.message.endsWith(`as the cluster CA certificate: ${reason}.`), error.message);
  });
}

test('takes a CA file of several certificates', async () => {
  const other = await createCertificateAuthority('the next cluster', Date.now());
  writeFileSync(scratch.path('ca.crt'), `# old and new\n${authority.certificate}${other.certificate}`);
  assert.ok((await readCaCertificate(scratch.path('ca.crt'))).includes('# old and new'));
});

const long = 'x'.repeat(unixSocketPathLimit);

test('refuses the path of a socket that the kernel would cut', async () => {
  const error = await refusalOf(openClient({ kind: 'socket', path: `/tmp/${long}` }));
  assert.is(error.code, 'request_invalid');
  assert.match(error.message, /: the path is too long for a unix socket\.$/);
});

test('takes a path as it is given where only that is short enough', () => {
  const fitting = long.slice(1);
  assert.is(unixSocketPath(fitting), fitting);
  assert.is(unixSocketPath('/run/../run/jaco.sock'), '/run/jaco.sock');
  assert.is(unixSocketPath('é'.repeat(unixSocketPathLimit / 2 + 1)), undefined);
});

for (const [what, make, reason] of [
  ['nothing', () => undefined, 'there is no such socket'],
  ['a file', (path: string) => writeFileSync(path, ''), 'it is not a socket'],
  ['a directory', (path: string) => mkdirSync(path), 'it is not a socket'],
] as const) {
  test(`finds ${what} where the socket should be`, async () => {
    const path = scratch.path('jaco.sock');
    make(path);
    const error = await diagnoseConnection({ kind: 'socket', path });
    assert.is(error?.message, `cannot reach the daemon at ${path}: ${reason}.`);
  });
}

test('finds a socket whose daemon was killed', async () => {
  const path = scratch.path('jaco.sock');
  const server = createServer().listen(path);
  await new Promise((resolve) => server.once('listening', resolve));
  // Closing would remove the file, as a killed daemon does not.
  linkSync(path, scratch.path('left.sock'));
  await new Promise((resolve) => server.close(resolve));
  const error = await diagnoseConnection({ kind: 'socket', path: scratch.path('left.sock') });
  assert.match(error?.message ?? '', /: no daemon listens on it\.$/);
});

test('finds nothing wrong with a socket that is listened on', async () => {
  const path = scratch.path('jaco.sock');
  const server = createServer().listen(path);
  await new Promise((resolve) => server.once('listening', resolve));
  assert.is(await diagnoseConnection({ kind: 'socket', path }), undefined);
  server.close();
});

test.run();
