import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { rootCertificates } from 'node:tls';
import { gzipSync } from 'node:zlib';
import type { DaemonConnection } from 'jaco/adapters/grpc/connection';
import { composeSandbox } from 'jaco/composition/container';
import { archiveOf } from './archives.js';
import { startFakeDaemon } from './fake-daemon.js';
import { errorIn, startService } from './running-service.js';
import { scratchDirectory } from './scratch.js';

/*
 * Every failure that can be caused here. In each case errorIn also checks that the answer does not use the words of the
 * command line.
 */

const path = scratchDirectory();

function file(name: string, content: string): string {
  writeFileSync(path(name), content);
  return path(name);
}

/** The service's answer for a connection: the status, and the code. */
async function ask(connection: DaemonConnection, asked: '/status' | '/backup'): Promise<readonly [number, string]> {
  const service = await startService(connection, { backupDeadlineMs: 2_000, questionDeadlineMs: 2_000 });
  try {
    const response = await service.ask(asked);
    return [response.status, (await errorIn(response)).code];
  } finally {
    await service.stop();
  }
}

const overTls = {
  kind: 'tls',
  address: '127.0.0.1:1',
  caCertificatePath: file('authority.pem', rootCertificates[0] ?? ''),
  token: 't',
} as const;

for (const [what, connection, status, code] of [
  ['no daemon is at the socket', { kind: 'socket', path: path('nobody') }, 502, 'connection_failed'],
  ['a file is where the socket should be', { kind: 'socket', path: file('plain', '') }, 502, 'connection_failed'],
  ['no socket can have that path', { kind: 'socket', path: `/${'s'.repeat(200)}` }, 500, 'request_invalid'],
  ['no daemon is at the address', overTls, 502, 'connection_failed'],
  ['the address is none', { ...overTls, address: '127.0.0.1:daemon' }, 500, 'request_invalid'],
  ['there is no CA certificate', { ...overTls, caCertificatePath: path('nowhere') }, 500, 'ca_unreadable'],
  ['the CA certificate is none', { ...overTls, caCertificatePath: path('plain') }, 500, 'ca_unreadable'],
  ['no daemon can have given the token', { ...overTls, token: 'two\nlines' }, 500, 'credentials_missing'],
] as const satisfies readonly (readonly [string, DaemonConnection, number, string])[]) {
  test(`tells that ${what}`, async () => {
    assert.deepEqual(await ask(connection, '/status'), [status, code]);
    assert.deepEqual(await ask(connection, '/backup'), [status, code]);
  });
}

test('tells that the daemon is not of the cluster that it should be of', async () => {
  const runSandbox = await composeSandbox({});
  const place = { dataDirectory: path('data'), socket: path('s'), listen: '127.0.0.1:0', name: 'node-1' };
  const sandbox = await runSandbox(place);
  const connection = { ...overTls, address: sandbox.tls?.server ?? '' };
  const told = [await ask(connection, '/status'), await ask(connection, '/backup')];
  await sandbox.close();
  assert.deepEqual(told, [
    [502, 'tls_untrusted'],
    [502, 'tls_untrusted'],
  ]);
});

/** The statuses of gRPC that a daemon can answer with, by number (gRPC, "Status codes and their use"). */
const refusals = [2, 3, 5, 7, 8, 9, 12, 13, 16];

test('tells what the daemon refuses, or that it is too slow', async () => {
  for (const status of refusals) {
    const daemon = await startFakeDaemon(path(`fake-${status}`), async () => status);
    const connection = { kind: 'socket', path: daemon.socket } as const;
    for (const asked of ['/status', '/backup'] as const) {
      assert.deepEqual(await ask(connection, asked), [502, 'daemon_refused'], `status ${status} of ${asked}`);
    }
    await daemon.stop();
  }
  const slow = await startFakeDaemon(path('slow'), () => new Promise<number>(() => undefined));
  const connection = { kind: 'socket', path: slow.socket } as const;
  const told = [await ask(connection, '/status'), await ask(connection, '/backup')];
  await slow.stop();
  assert.deepEqual(told, [
    [504, 'deadline_exceeded'],
    [504, 'deadline_exceeded'],
  ]);
});

/** Bodies that are not archives, or that cannot be read here. */
const bodies: readonly (readonly [what: string, body: Buffer, status: number, code: string])[] = [
  ['empty', Buffer.alloc(0), 422, 'archive_rejected'],
  ['a web page', Buffer.from('<!doctype html><title>Sign in</title>'), 422, 'archive_rejected'],
  ['compressed otherwise', Buffer.from('28b52ffd2458', 'hex'), 422, 'archive_rejected'],
  ['compressed twice', gzipSync(archiveOf(10)), 422, 'archive_rejected'],
  ['in base64', Buffer.from(archiveOf(10).toString('base64')), 422, 'archive_rejected'],
  ['signed by OpenPGP', Buffer.from('-----BEGIN PGP MESSAGE-----\n'), 422, 'archive_rejected'],
  ['cut short', archiveOf(10).subarray(0, -20), 422, 'archive_rejected'],
  ['followed by something', Buffer.concat([archiveOf(10), Buffer.from('more')]), 422, 'archive_rejected'],
  [
    'encrypted',
    Buffer.from('age-encryption.org/v1\n-> X25519 c2VhbGVk\nc2VhbGVk\n--- c2VhbGVk\n'),
    422,
    'identity_missing',
  ],
  ['encrypted in armour', Buffer.from('-----BEGIN AGE ENCRYPTED FILE-----\n'), 422, 'identity_missing'],
];

test('tells why a body is no archive that can be read', async () => {
  const service = await startService(path('nobody'));
  for (const [what, body, status, code] of bodies) {
    const response = await service.ask('/inspect', { method: 'POST', body });
    assert.deepEqual([(await errorIn(response)).code, response.status], [code, status], what);
  }
  await service.stop();
  assert.deepEqual(service.reported, []);
});
