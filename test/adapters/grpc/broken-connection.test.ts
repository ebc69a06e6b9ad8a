import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { constants } from 'node:http2';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DaemonConnection } from '../../../src/adapters/grpc/connection.js';
import {
  createCertificateAuthority,
  signNodeCertificate,
} from '../../../src/adapters/identity/certificate-authority.js';
import { JacoError } from '../../../src/domain/errors.js';
import { scratchFor } from '../../cli/scratch-directory.js';
import { everyCall, startAnsweringDaemon } from './any-server.js';
import { sampleToken } from './loopback-transport.js';
import {
  type Answer,
  auditPath,
  backupPath,
  type MisbehavingDaemon,
  type Place,
  startMisbehavingDaemon,
  statusPath,
} from './misbehaving-daemon.js';

const test = suite('a connection that breaks');
const scratch = scratchFor(test);
const authority = await createCertificateAuthority('the cluster', Date.now());
const identity = await signNodeCertificate(authority, 'node-1', ['127.0.0.1'], Date.now());
let daemon: MisbehavingDaemon;

test.before.each(() => writeFileSync(scratch.path('ca.crt'), authority.certificate));
test.after.each(() => daemon.close());

const transports = {
  'the socket': async (answer: Answer): Promise<DaemonConnection> => {
    const path = scratch.path('jaco.sock');
    await start({ socket: path }, answer);
    return { kind: 'socket', path };
  },
  TLS: async (answer: Answer): Promise<DaemonConnection> => {
    await start({ host: '127.0.0.1' }, answer);
    return overTls(daemon.port);
  },
};

async function start(place: Place, answer: Answer): Promise<void> {
  const answers = { [backupPath]: answer, [statusPath]: answer, [auditPath]: answer };
  daemon = await startMisbehavingDaemon(place, answers, 'host' in place ? identity : undefined);
}

function overTls(port: number): DaemonConnection {
  return {
    kind: 'tls',
    address: `127.0.0.1:${port}`,
    caCertificatePath: scratch.path('ca.crt'),
    token: sampleToken,
  };
}

async function failureOf(pending: Promise<unknown>): Promise<Error> {
  return pending.then(
    () => new Error('it succeeded'),
    (error: Error) => error,
  );
}

/** How the daemon drops a call that it has received. */
const partings: Readonly<Record<string, Answer>> = {
  'cuts the connection at once': () => daemon.cutConnections(),
  'refuses the stream, which gRPC may take for leave to call again': ({ stream }) =>
    stream.close(constants.NGHTTP2_REFUSED_STREAM),
  'announces that it goes, and takes nothing more': ({ stream }) => {
    stream.session?.goaway(constants.NGHTTP2_NO_ERROR, 0);
    stream.session?.destroy();
  },
  // A proxy in front of it that could not reach it passes on what its own gRPC says.
  "passes on gRPC's words for no connection": ({ end }) =>
    end({ status: 14, message: 'No connection established. Last error: connect ECONNREFUSED. Resolution note: ' }),
  "passes on gRPC's words for no name": ({ end }) =>
    end({ status: 14, message: 'Name resolution failed for target dns:node-1:7000' }),
};

for (const [transport, serve] of Object.entries(transports)) {
  for (const [parting, answer] of Object.entries(partings)) {
    for (const [name, call] of Object.entries(everyCall)) {
      test(`over ${transport}, ${name} is made once and called broken when the daemon ${parting}`, async () => {
        const error = await failureOf(call(await serve(answer)));
        assert.ok(error instanceof JacoError, error.stack);
        assert.is(error.code, 'stream_broken');
        assert.match(error.message, / broke before the call was complete\.$/);
        assert.not.match(JSON.stringify(error.remedies), 'Nothing was sent');
        assert.is(daemon.received.length, 1);
      });
    }
  }
}

for (const words of ['Failed to parse the request', 'Channel closed by the operator']) {
  for (const [name, call] of Object.entries(everyCall)) {
    test(`${name} takes "${words}" for the daemon's own words when it answers so`, async () => {
      const error = await failureOf(call(await transports.TLS(({ end }) => end({ status: 3, message: words }))));
      assert.ok(error instanceof JacoError, error.stack);
      assert.is(error.code, 'daemon_refused');
      assert.is(error.message, `invalid_argument: ${words}`);
    });
  }
}

for (const [name, call] of Object.entries(everyCall)) {
  test(`${name} says that nothing was sent, and it was not, when the connection is cut in the handshake`, async () => {
    daemon = await startAnsweringDaemon('127.0.0.1', identity);
    const gate = await cuttingTheFirst(daemon.port);
    try {
      const error = await failureOf(call(overTls((gate.address() as AddressInfo).port)));
      assert.ok(error instanceof JacoError, error.stack);
      assert.is(error.code, 'connection_failed');
      assert.match(error.message, /^no connection to 127\.0\.0\.1:\d+ came about: /);
      assert.match(JSON.stringify(error.remedies), 'Nothing was sent to it, and it can be reached now: try again.');
      assert.equal(daemon.received, []);
    } finally {
      gate.close();
    }
  });
}

/** Passes connections on to `port`, except the first, which it resets once the handshake has begun. */
async function cuttingTheFirst(port: number): Promise<Server> {
  let isFirst = true;
  const gate = createServer((client) => {
    client.on('error', () => undefined);
    if (isFirst) client.once('data', () => client.resetAndDestroy());
    else client.pipe(connect(port, '127.0.0.1').on('error', () => undefined)).pipe(client);
    isFirst = false;
  }).listen(0, '127.0.0.1');
  await once(gate, 'listening');
  return gate;
}

test.run();
