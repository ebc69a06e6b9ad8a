import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DaemonConnection } from '../../../src/adapters/grpc/connection.js';
import { createGrpcSnapshotSource } from '../../../src/adapters/grpc/grpc-snapshot-source.js';
import {
  createCertificateAuthority,
  signNodeCertificate,
} from '../../../src/adapters/identity/certificate-authority.js';
import { JacoError } from '../../../src/domain/errors.js';
import { scratchFor } from '../../cli/scratch-directory.js';
import { startAnsweringDaemon } from './any-server.js';
import { sampleToken } from './loopback-transport.js';
import { type Answer, backupPath, type MisbehavingDaemon, startMisbehavingDaemon } from './misbehaving-daemon.js';

const test = suite('a connection that is lost unnoticed');
const scratch = scratchFor(test);
const authority = await createCertificateAuthority('the cluster', Date.now());
const identity = await signNodeCertificate(authority, 'node-1', ['127.0.0.1'], Date.now());
/** The sockets that this process has dialled, as Node announces them. */
const dialled: Socket[] = [];
let daemon: MisbehavingDaemon;

subscribe('net.client.socket', (message) => dialled.push((message as { socket: Socket }).socket));
test.before.each(() => {
  writeFileSync(scratch.path('ca.crt'), authority.certificate);
  dialled.length = 0;
});
test.after.each(() => daemon.close());

/** Imitates Node up to 24 after a failed write: it stops reading, without reporting it. */
function stopReading(): void {
  for (const socket of dialled) {
    (socket as unknown as { readonly _handle: { readStop(): void } })._handle.readStop();
  }
}

async function failureOfBackup(port: number, atPiece: () => void = () => undefined): Promise<JacoError> {
  const connection: DaemonConnection = {
    kind: 'tls',
    address: `127.0.0.1:${port}`,
    caCertificatePath: scratch.path('ca.crt'),
    token: sampleToken,
  };
  try {
    for await (const _ of createGrpcSnapshotSource(connection, 15_000).open(new AbortController().signal)) atPiece();
  } catch (error) {
    assert.ok(error instanceof JacoError, String(error));
    return error;
  }
  throw new Error('it succeeded');
}

async function serve(answer: Answer): Promise<number> {
  daemon = await startMisbehavingDaemon({ host: '127.0.0.1' }, { [backupPath]: answer }, identity);
  return daemon.port;
}

test('is reported as broken in the middle of a stream', async () => {
  const port = await serve(({ sendChunk }) => sendChunk(Buffer.from('half')));
  const error = await failureOfBackup(port, () => {
    stopReading();
    daemon.cutConnections();
  });
  assert.is(error.code, 'stream_broken');
  assert.is(error.message, `the connection to 127.0.0.1:${port} broke before the call was complete.`);
  assert.equal(error.details, { reason: 'the connection was reset' });
});

test('is reported as broken before the first byte of an answer', async () => {
  const port = await serve(() => {
    stopReading();
    daemon.cutConnections();
  });
  assert.is((await failureOfBackup(port)).code, 'stream_broken');
});

test('is reported as no connection in the handshake, before anything was sent', async () => {
  daemon = await startAnsweringDaemon('127.0.0.1', identity);
  let isFirst = true;
  const gate = createServer((client) => {
    client.on('error', () => undefined);
    if (!isFirst) {
      client.pipe(connect(daemon.port, '127.0.0.1')).pipe(client);
      return;
    }
    isFirst = false;
    client.once('data', () => {
      stopReading();
      client.resetAndDestroy();
    });
  }).listen(0, '127.0.0.1');
  await once(gate, 'listening');
  try {
    const { port } = gate.address() as AddressInfo;
    const error = await failureOfBackup(port);
    assert.is(error.code, 'connection_failed');
    assert.is(error.message, `no connection to 127.0.0.1:${port} came about: the connection was reset.`);
    assert.equal(daemon.received, []);
  } finally {
    gate.close();
  }
});

test('is not mistaken for a daemon that takes its time', async () => {
  const port = await serve(async ({ sendChunk, end }) => {
    await sendChunk(Buffer.from('half'));
    setTimeout(() => end({ status: 13, message: 'at last' }), 7_000);
  });
  const error = await failureOfBackup(port);
  assert.is(error.message, 'internal: at last');
});

test.run();
