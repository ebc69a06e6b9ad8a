import { X509Certificate } from 'node:crypto';
import { chownSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { createCertificateAuthority } from '../../../src/adapters/identity/certificate-authority.js';
import { loadOrCreateNodeIdentity } from '../../../src/adapters/sandbox/node-identity.js';
import { runSandbox } from '../../../src/adapters/sandbox/run-sandbox.js';
import { codeOf, refusalOf } from '../../builders/outcome.js';
import { scratchFor } from '../../cli/scratch-directory.js';
import { isRoot, otherUser, skipWithoutRoot } from '../../cli/unprivileged-jaco.js';
import { sandboxMachine } from './sandbox-machine.js';

const test = suite('identity of a sandbox node');
const scratch = scratchFor(test);
const nowMs = Date.now();
const authority = await createCertificateAuthority('the cluster', nowMs);
const hosts = ['node-1', 'localhost', '127.0.0.1', '::1', '10.0.0.5'];

const load = (from = authority) =>
  loadOrCreateNodeIdentity(createNodeFileSystem(), scratch.path(), 'node-1', hosts, from, nowMs);

const files = ['ca.crt', 'node-1.crt', 'node-1.key'];

test('is made if it is missing, readable only by the owner', async () => {
  const identity = await load();
  assert.equal(scratch.names('node'), files);
  for (const name of files) assert.is(lstatSync(scratch.path('node', name)).mode & 0o7777, 0o600, name);
  assert.is(lstatSync(scratch.path('node')).mode & 0o7777, 0o700);
  assert.is(readFileSync(scratch.path('node', 'node-1.key'), 'utf8'), identity.key);
  assert.is(readFileSync(scratch.path('node', 'ca.crt'), 'utf8'), authority.certificate);
});

test('names every host, and is signed by the CA next to it', async () => {
  const certificate = new X509Certificate((await load()).certificate);
  const ca = new X509Certificate(readFileSync(scratch.path('node', 'ca.crt')));
  assert.ok(certificate.verify(ca.publicKey));
  for (const host of hosts) {
    assert.is.not(/[:.]/.test(host) ? certificate.checkIP(host) : certificate.checkHost(host), undefined, host);
  }
});

test('is kept from one start to the next', async () => {
  const first = await load();
  assert.equal(await load(), first);
});

for (const missing of ['node-1.crt', 'node-1.key']) {
  test(`is made again if ${missing} is missing, as the other file is useless alone`, async () => {
    const first = await load();
    rmSync(scratch.path('node', missing));
    const second = await load();
    assert.is.not(second.key, first.key);
    assert.equal(await load(), second);
    assert.equal(scratch.names('node'), files);
  });
}

test('leaves other files of the directory alone', async () => {
  mkdirSync(scratch.path('node'), { mode: 0o750 });
  writeFileSync(scratch.path('node', 'node-2.key'), 'another node’s');
  await load();
  assert.is(readFileSync(scratch.path('node', 'node-2.key'), 'utf8'), 'another node’s');
  assert.is(lstatSync(scratch.path('node')).mode & 0o7777, 0o750);
});

test('belongs to the owner of the data directory', async () => {
  if (!isRoot) return skipWithoutRoot('giving files to another user');
  chownSync(scratch.path(), otherUser, otherUser);
  await load();
  for (const name of ['', ...readdirSync(scratch.path('node'))]) {
    assert.is(lstatSync(scratch.path('node', name)).uid, otherUser, name);
  }
});

test('is not made by a state without a CA that can sign', async () => {
  const other = await createCertificateAuthority('other', nowMs);
  for (const broken of [
    { certificate: '', key: '' },
    { certificate: authority.certificate, key: 'hello' },
    { certificate: authority.certificate, key: other.key },
  ]) {
    const error = await refusalOf(load(broken));
    assert.is(error.code, 'store_damaged');
    assert.not.match(`${error.message}${JSON.stringify(error.remedies)}`, /hello|PRIVATE KEY/);
    rmSync(scratch.path('node'), { recursive: true });
  }
});

test('is refused when it is another cluster’s', async () => {
  await load();
  const other = await createCertificateAuthority('the cluster', nowMs);
  assert.is(await codeOf(load(other)), 'request_invalid');
  writeFileSync(scratch.path('node', 'ca.crt'), other.certificate);
  const error = await refusalOf(load(other));
  assert.match(error.message, /node-1\.crt: it is not signed by the CA of this cluster\.$/);
});

test('is refused when the key does not belong to the certificate', async () => {
  await load();
  writeFileSync(scratch.path('node', 'node-1.key'), authority.key);
  assert.match((await refusalOf(load())).message, /node-1\.key: it is not the key of CN=node-1\.$/);
});

test('lets a running sandbox be trusted under each of its names', async () => {
  const request = { dataDirectory: scratch.path('data'), socket: undefined, listen: '127.0.0.1:0', name: 'node-1' };
  const sandbox = await runSandbox(request, sandboxMachine());
  const ca = readFileSync(sandbox.tls?.caCertificate ?? '');
  const port = Number(sandbox.tls?.server.split(':')[1]);
  for (const servername of ['node-1', 'localhost', undefined]) {
    const options = { host: '127.0.0.1', port, ca, ALPNProtocols: ['h2'] };
    const authorized = await new Promise((resolve, reject) => {
      const socket = connect({ ...options, ...(servername === undefined ? {} : { servername }) }, () => {
        resolve(socket.authorized);
        socket.destroy();
      });
      socket.once('error', reject);
    });
    assert.is(authorized, true, servername);
  }
  await sandbox.close();
});

test.run();
