import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type CertifiedKey,
  createCertificateAuthority,
  signNodeCertificate,
} from '../../src/adapters/identity/certificate-authority.js';
import { sampleToken } from '../adapters/grpc/loopback-transport.js';
import {
  type Answer,
  backupPath,
  type MisbehavingDaemon,
  startMisbehavingDaemon,
  typedDetails,
} from '../adapters/grpc/misbehaving-daemon.js';
import { jacoFails, runJaco } from '../cli/jaco-process.js';
import { scratchFor } from '../cli/scratch-directory.js';
import { assertSays, cutOnceBothHave, failingBackup, goodArchive, overTls } from './source-side-trial.js';

const test = suite('backup from a server that cannot be trusted');
const scratch = scratchFor(test);
const year = 365 * 86_400_000;
const authority = await createCertificateAuthority('the cluster', Date.now());
const archive = await goodArchive();
let daemon: MisbehavingDaemon | undefined;
let listener: Server | undefined;

test.before.each(() => writeFileSync(scratch.path('ca.crt'), authority.certificate));

test.after.each(async () => {
  await daemon?.close();
  listener?.close();
  daemon = undefined;
  listener = undefined;
});

const sendingAll: Answer = async ({ sendChunk, end }) => {
  await sendChunk(archive);
  end({ status: 0 });
};

async function serve(identity: CertifiedKey | undefined, answer: Answer = sendingAll): Promise<MisbehavingDaemon> {
  daemon = await startMisbehavingDaemon({ host: '127.0.0.1' }, { [backupPath]: answer }, identity);
  return daemon;
}

const hosts = ['localhost', '127.0.0.1'];
const goodIdentity = () => signNodeCertificate(authority, 'node-1', hosts, Date.now());

const failAt = (server: MisbehavingDaemon, ...more: string[]) =>
  failingBackup(scratch, overTls(server, '127.0.0.1', scratch.path('ca.crt'), sampleToken), ...more);

for (const [what, identity, reason] of [
  [
    'signed by another CA of the same name',
    async () =>
      signNodeCertificate(await createCertificateAuthority('the cluster', Date.now()), 'node-1', hosts, Date.now()),
    'its certificate is not signed by the cluster CA',
  ],
  [
    'signed by a CA of another name',
    async () => signNodeCertificate(await createCertificateAuthority('other', Date.now()), 'node-1', hosts, Date.now()),
    'its certificate is not signed by the cluster CA',
  ],
  [
    'that signed itself',
    () => createCertificateAuthority('node-1', Date.now()),
    'its certificate is not meant for a server',
  ],
  [
    'that has expired',
    () => signNodeCertificate(authority, 'node-1', hosts, Date.now() - 11 * year),
    'its certificate has expired',
  ],
  [
    'that is not valid yet',
    () => signNodeCertificate(authority, 'node-1', hosts, Date.now() + year),
    'its certificate is not valid yet',
  ],
  [
    'for another host',
    () => signNodeCertificate(authority, 'node-2', ['node-2', '10.0.0.6'], Date.now()),
    'its certificate is for another host',
  ],
] as const) {
  test(`sends nothing to a server with a certificate ${what}`, async () => {
    const server = await serve(await identity());
    const sentence = await failAt(server);
    assert.is(
      sentence,
      `Error: the server at 127.0.0.1:${server.port} cannot be trusted: ${reason}. Nothing was sent to it. Check --server (the leader's gRPC address: port 7000, not that of raft, 7001) and --ca-cert (the CA certificate of this cluster).`,
    );
    assert.equal(server.received, []);
  });
}

test('sends nothing to a port that speaks gRPC in plain text', async () => {
  const server = await serve(undefined);
  assertSays(
    await failAt(server),
    /^Error: the server at 127\.0\.0\.1:\d+ cannot be trusted: it does not speak TLS\. /,
  );
  assert.equal(server.received, []);
});

async function listen(onConnection: (socket: import('node:net').Socket) => void): Promise<MisbehavingDaemon> {
  listener = createServer((socket) => onConnection(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  return { port, received: [], cutConnections: () => undefined, close: async () => undefined };
}

test('recognises a port that speaks another protocol', async () => {
  const server = await listen((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'));
  assertSays(await failAt(server), /cannot be trusted: it does not speak TLS\. /);
});

test('names a port that hangs up', async () => {
  const server = await listen((socket) => socket.destroy());
  assertSays(await failAt(server), /cannot be trusted: it ended the connection during the TLS handshake\. /);
});

test('gives up on a port that never answers', async () => {
  const server = await listen(() => undefined);
  assertSays(
    await failAt(server, '--timeout', '500ms'),
    /^Error: the call to 127\.0\.0\.1:\d+ did not end within 0\.5 s/,
  );
});

test('names a port on which no process listens', async () => {
  const server = await listen(() => undefined);
  listener?.close();
  assertSays(
    await failAt(server),
    /^Error: cannot reach the daemon at 127\.0\.0\.1:\d+: nobody listens there\. Check --server/,
  );
});

test('names a host that is not known', async () => {
  const environment = { JACO_TOKEN: sampleToken };
  const flags = ['--server', 'no-such-host.invalid:7000', '--ca-cert', scratch.path('ca.crt')];
  const sentence = await jacoFails(['backup', '--output', scratch.path('a.tar.gz'), ...flags], { environment });
  assertSays(
    sentence,
    /^Error: cannot reach the daemon at no-such-host\.invalid:7000: the name (is not known|cannot be looked up at the moment)\. /,
  );
});

test('names a connection that is reset in the middle of the stream', async () => {
  const server = await serve(await goodIdentity(), async ({ sendChunk }) => {
    await sendChunk(archive.subarray(0, 100));
    cutOnceBothHave(daemon);
  });
  assertSays(await failAt(server), /^Error: the connection to 127\.0\.0\.1:\d+ broke before the call was complete\. /);
});

for (const code of ['token_invalid', 'token_revoked']) {
  test(`shows ${code} and not the token, even where the daemon repeats it`, async () => {
    const server = await serve(await goodIdentity(), ({ end }) =>
      end({ status: 16, details: typedDetails(code, `"${sampleToken}" may not do that`) }),
    );
    assertSays(await failAt(server), new RegExp(`^Error: ${code}: "<token>" may not do that\\. `));
  });
}

test('sends the token as a bearer token once the server is trusted', async () => {
  const server = await serve(await goodIdentity());
  const { flags, environment } = overTls(server, 'localhost', scratch.path('ca.crt'), sampleToken);
  const end = await runJaco(['backup', '--output', scratch.path('a.tar.gz'), ...flags], { environment });
  assert.is(end.stderr, '');
  assert.equal(server.received, [{ path: backupPath, authorization: `Bearer ${sampleToken}` }]);
});

test.run();
