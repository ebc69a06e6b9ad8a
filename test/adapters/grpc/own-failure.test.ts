import { writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { callFailure } from '../../../src/adapters/grpc/call-failure.js';
import type { DaemonConnection } from '../../../src/adapters/grpc/connection.js';
import {
  createCertificateAuthority,
  signNodeCertificate,
} from '../../../src/adapters/identity/certificate-authority.js';
import { JacoError } from '../../../src/domain/errors.js';
import { checkParameters } from '../../../src/domain/remedy.js';
import { runJaco } from '../../cli/jaco-process.js';
import { scratchFor } from '../../cli/scratch-directory.js';
import { everyCall, startAnsweringDaemon } from './any-server.js';
import { sampleToken } from './loopback-transport.js';
import type { MisbehavingDaemon } from './misbehaving-daemon.js';

const test = suite('a failure of this process');
const scratch = scratchFor(test);
const authority = await createCertificateAuthority('the cluster', Date.now());
let daemon: MisbehavingDaemon;
let connection: DaemonConnection;

test.before.each(async () => {
  writeFileSync(scratch.path('ca.crt'), authority.certificate);
  const identity = await signNodeCertificate(authority, 'node-1', ['127.0.0.1'], Date.now());
  daemon = await startAnsweringDaemon('127.0.0.1', identity);
  connection = {
    kind: 'tls',
    address: `127.0.0.1:${daemon.port}`,
    caCertificatePath: scratch.path('ca.crt'),
    token: sampleToken,
  };
});
test.after.each(() => daemon.close());

async function failureOf(pending: Promise<unknown>): Promise<Error> {
  return pending.then(
    () => new Error('it succeeded'),
    (error: Error) => error,
  );
}

/** What Node 26 does with an IP address as the server's name. */
const refusingConnect = `
  const error = new TypeError("The property 'options.servername' must not be an IP address.");
  throw Object.assign(error, { code: 'ERR_INVALID_ARG_VALUE' });`;

for (const [name, call] of Object.entries(everyCall)) {
  test(`${name} reports it in its own words if Node does not start the TLS handshake of gRPC`, async () => {
    const { connect } = tls;
    // gRPC's own way to it only: our second look keeps the one that works.
    tls.connect = new Function(refusingConnect) as typeof tls.connect;
    let error: Error;
    try {
      error = await failureOf(call(connection));
    } finally {
      tls.connect = connect;
    }
    assert.is(
      error.message,
      `the call to 127.0.0.1:${daemon.port} failed in this program, before anything was sent: TypeError: The property 'options.servername' must not be an IP address.`,
    );
    assert.not.ok(error instanceof JacoError, 'it is no failure that was foreseen');
    assert.equal(daemon.received, []);
  });
}

test('reports it in its own words if Node does not start the handshake of the second attempt', async () => {
  const { connect } = tls;
  tls.connect = new Function(refusingConnect) as typeof tls.connect;
  syncBuiltinESMExports();
  try {
    const error = await failureOf(failed(status.UNAVAILABLE, 'No connection established'));
    assert.is(error.message, "The property 'options.servername' must not be an IP address.");
  } finally {
    tls.connect = connect;
    syncBuiltinESMExports();
  }
});

test('the operator reads it on stderr, with how to report it', async () => {
  const preload = scratch.path('preload.cjs');
  writeFileSync(preload, `require('node:tls').connect = () => {${refusingConnect}};`);
  const { code, stderr } = await runJaco(
    ['cluster', 'status', '--server', `127.0.0.1:${daemon.port}`, '--ca-cert', scratch.path('ca.crt')],
    { environment: { JACO_TOKEN: sampleToken, NODE_OPTIONS: `--require ${preload}` } },
  );
  assert.is(code, 1);
  assert.is(
    stderr,
    `Error: unexpected failure: the call to 127.0.0.1:${daemon.port} failed in this program, before anything was sent: TypeError: The property 'options.servername' must not be an IP address. Please report it with the command that was run; JACO_DEBUG=1 shows where it happened.\n`,
  );
  assert.equal(daemon.received, []);
});

function serviceError(code: status, details: string): ServiceError {
  return Object.assign(new Error(details), { code, details, metadata: new Metadata() });
}

const failed = (code: status, details: string) =>
  callFailure(serviceError(code, details), {
    connection,
    deadlineMs: 1_000,
    deadline: Date.now() + 1_000,
    wasHandedOver: false,
    isLost: false,
    isForeign: false,
  });

for (const [code, details, words = details] of [
  [
    status.UNAVAILABLE,
    'No connection established. Last error: TypeError: Invalid URL. Resolution note: ',
    'TypeError: Invalid URL',
  ],
  [
    status.UNAVAILABLE,
    'No connection established. Last error: Error [ERR_CRYPTO_INVALID_STATE]: Invalid state. Resolution note: ',
    'Error [ERR_CRYPTO_INVALID_STATE]: Invalid state',
  ],
  [status.INTERNAL, 'Failed to start HTTP/2 stream with error Invalid character in header content ["authorization"]'],
  [status.INTERNAL, 'Request message serialization failure: types: object expected'],
  [status.RESOURCE_EXHAUSTED, 'Attempted to send message with a size larger than 4'],
  [status.INTERNAL, '"authorization" metadata cannot have multiple values'],
  [status.UNAVAILABLE, 'Failed to parse DNS address dns:x:y:z'],
] as const) {
  test(`takes "${details}" for one`, async () => {
    const error = await failed(code, details);
    assert.not.ok(error instanceof JacoError, error.message);
    assert.is(
      error.message,
      `the call to 127.0.0.1:${daemon.port} failed in this program, before anything was sent: ${words.replace(/\.$/, '')}.`,
    );
  });
}

for (const details of [
  'Failed to start HTTP/2 stream with error The session has been destroyed',
  'Failed to start HTTP/2 stream with error New streams cannot be created after receiving a GOAWAY',
  'Connection dropped',
  'read ECONNRESET',
]) {
  test(`takes "${details}" for a connection that broke`, async () => {
    const error = await failed(status.UNAVAILABLE, details);
    assert.match(error.message, / broke before the call was complete\.$/);
  });
}

for (const [details, words] of [
  [
    'No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:7000. Resolution note: ',
    'Error: connect ECONNREFUSED 127.0.0.1:7000',
  ],
  [
    'No connection established. Last error: Failed to connect (2026-11-27T10:00:00Z). Resolution note: ',
    'Failed to connect (2026-11-27T10:00:00Z)',
  ],
  ['No connection established', 'No connection established'],
  ['Name resolution failed for target dns:node-1:7000', 'Name resolution failed for target dns:node-1:7000'],
] as const) {
  test(`does not say that a connection broke if there was none: "${details}"`, async () => {
    const error = await failed(status.UNAVAILABLE, details);
    assert.ok(error instanceof JacoError);
    assert.is(error.code, 'connection_failed');
    assert.is(error.message, `no connection to 127.0.0.1:${daemon.port} came about: ${words}.`);
    assert.match(JSON.stringify(error.remedies), /"Nothing was sent to it, and it can be reached now: try again\./);
  });
}

for (const [name, call] of Object.entries(everyCall)) {
  test(`${name} says that a server asks for a certificate of the client, as raft's port does`, async () => {
    const { key, certificate } = await signNodeCertificate(authority, 'node-1', ['127.0.0.1'], Date.now());
    const options = { key, cert: certificate, ca: authority.certificate, requestCert: true, ALPNProtocols: ['h2'] };
    const server = tls.createServer({ ...options, minVersion: 'TLSv1.3' }, (socket) => socket.resume());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const error = await failureOf(call({ ...connection, address: `127.0.0.1:${port}` } as DaemonConnection));
      assert.ok(error instanceof JacoError);
      assert.is(error.code, 'tls_untrusted');
      assert.is(
        error.message,
        `the server at 127.0.0.1:${port} asks for a client's certificate, which no daemon does for gRPC. Nothing was sent to it.`,
      );
      assert.equal(error.remedies, [checkParameters('server')]);
    } finally {
      server.close();
    }
  });
}

test.run();
