import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { archiveOf, clusterId } from './archives.js';
import { startDaemon } from './daemon.js';
import { chunk, type Serve, sending, startFakeDaemon } from './fake-daemon.js';
import { authorized, errorIn, errorOf, startService, until } from './running-service.js';
import { scratchDirectory } from './scratch.js';

const path = scratchDirectory();
const archive = archiveOf(2 * 1024 * 1024);

let fakes = 0;

/** Runs the service in front of a fake daemon, for one test. */
async function inFrontOf(serve: Serve, context: TestContext) {
  fakes += 1;
  const daemon = await startFakeDaemon(path(`fake-${fakes}`), serve);
  const service = await startService(daemon.socket);
  context.after(async () => {
    await service.stop();
    await daemon.stop();
  });
  return { daemon, service };
}

test('sends a backup that a restore would take', async () => {
  const daemon = await startDaemon(path, 4 * 1024 * 1024);
  const service = await startService(daemon.socket);
  const response = await service.ask('/backup');
  const backup = new Uint8Array(await response.arrayBuffer());
  const inspected = await service.ask('/inspect', { method: 'POST', body: backup });
  const told = (await inspected.json()) as { cluster_id: string; restore: { accepted: boolean } };
  await service.stop();
  await daemon.stop();
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'application/gzip');
  assert.ok(backup.length > 4 * 1024 * 1024, String(backup.length));
  assert.equal(told.cluster_id, clusterId);
  assert.equal(told.restore.accepted, true);
});

test('sends the bytes as the daemon sent them', async (context) => {
  const { service } = await inFrontOf(sending(archive), context);
  const response = await service.ask('/backup');
  assert.ok(archive.equals(new Uint8Array(await response.arrayBuffer())));
});

for (const [what, serve] of [
  ['is damaged in its last byte', sending(Buffer.concat([archive.subarray(0, -1), Buffer.from([1])]))],
  ['ends too early', sending(archive.subarray(0, -100_000))],
  ['has something behind it', sending(Buffer.concat([archive, Buffer.from('more')]))],
  [
    'is whole, and the daemon says that it failed',
    async (send) => {
      await sending(archive)(send);
      return 13;
    },
  ],
] as readonly (readonly [string, Serve])[]) {
  test(`breaks the connection off when the archive ${what}`, async (context) => {
    const { service } = await inFrontOf(serve, context);
    const response = await service.ask('/backup');
    let received = 0;
    await assert.rejects(async () => {
      for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) received += bytes.length;
    });
    assert.equal(response.status, 200);
    assert.ok(received > 0);
    assert.equal(service.reported.length, 1);
  });
}

test('breaks the connection off when the daemon does', async (context) => {
  const telling = new EventEmitter();
  const { service } = await inFrontOf(async (send) => {
    await send(chunk(archive.subarray(0, 600_000)));
    await send(chunk(archive.subarray(600_000, 1_200_000)));
    await once(telling, 'cut');
    throw new Error('the daemon goes');
  }, context);
  const response = await service.ask('/backup');
  telling.emit('cut');
  await assert.rejects(response.arrayBuffer());
  assert.equal(response.status, 200);
  assert.equal(service.reported.length, 1);
});

for (const [what, sent] of [
  ['is no archive', Buffer.from('<!doctype html><title>Sign in</title>')],
  [
    'is an archive of half a MiB at most, and damaged',
    Buffer.concat([archiveOf(100_000).subarray(0, -1), Buffer.from([1])]),
  ],
] as const) {
  test(`answers with an error when what the daemon sends ${what}`, async (context) => {
    const { service } = await inFrontOf(sending(sent), context);
    const response = await service.ask('/backup');
    assert.equal((await errorIn(response)).code, 'archive_rejected');
    assert.equal(response.status, 502);
    assert.equal(response.headers.get('content-disposition'), null);
  });
}

test('cancels the call to the daemon when the client goes away before the first byte', async (context) => {
  const never = new Promise<number>(() => undefined);
  const { daemon, service } = await inFrontOf(() => never, context);
  const client = new AbortController();
  const asked = service.ask('/backup', { signal: client.signal });
  await until(() => daemon.calls() === 1);
  assert.equal(daemon.ended(), 0);
  client.abort();
  await assert.rejects(asked);
  await until(() => daemon.ended() === 1);
  assert.deepEqual(service.reported, []);
});

test('cancels the call to the daemon when the client goes away in the middle', async (context) => {
  const never = new Promise<number>(() => undefined);
  const { daemon, service } = await inFrontOf(async (send) => {
    await send(chunk(archive.subarray(0, 600_000)));
    await send(chunk(archive.subarray(600_000, 1_200_000)));
    return never;
  }, context);
  const client = new AbortController();
  const response = await service.ask('/backup', { signal: client.signal });
  await (response.body as ReadableStream<Uint8Array>).getReader().read();
  assert.equal(daemon.ended(), 0);
  client.abort();
  await until(() => daemon.ended() === 1);
  assert.deepEqual(service.reported, []);
});

test('asks the daemon for no more than the client reads', async (context) => {
  const large = archiveOf(32 * 1024 * 1024);
  let sentBytes = 0;
  const { daemon, service } = await inFrontOf(async (send) => {
    for (; sentBytes < large.length; sentBytes += 65_536)
      await send(chunk(large.subarray(sentBytes, sentBytes + 65_536)));
    return 0;
  }, context);
  const client = connect(service.port, '127.0.0.1');
  client.write(`GET /backup HTTP/1.1\r\nhost: here\r\nauthorization: ${authorized.authorization}\r\n\r\n`);
  await until(() => daemon.calls() === 1);
  await sleep(500);
  assert.ok(sentBytes < large.length / 2, `${sentBytes} bytes were taken`);
  client.destroy();
  await until(() => daemon.ended() === 1);
});

test('refuses to send a backup where its end could not be told from a break', async (context) => {
  const { daemon, service } = await inFrontOf(sending(archive), context);
  const client = connect(service.port, '127.0.0.1');
  client.write(`GET /backup HTTP/1.0\r\nauthorization: ${authorized.authorization}\r\n\r\n`);
  let answer = '';
  client.on('data', (text) => (answer += text));
  await once(client, 'end');
  assert.match(answer, /^HTTP\/1.1 505 /);
  assert.equal(errorOf(answer.slice(answer.indexOf('{'))).code, 'http_version');
  assert.equal(daemon.calls(), 0);
});

test('serves two at once, and one that is broken off does not disturb the other', async (context) => {
  const { daemon, service } = await inFrontOf(sending(archive), context);
  const client = new AbortController();
  const [whole, broken] = await Promise.all([
    service.ask('/backup'),
    service.ask('/backup', { signal: client.signal }),
  ]);
  await (broken.body as ReadableStream<Uint8Array>).getReader().read();
  client.abort();
  assert.ok(archive.equals(new Uint8Array(await whole.arrayBuffer())));
  await until(() => daemon.ended() === 2);
  assert.deepEqual(service.reported, []);
});

test('serves a backup while it looks into an archive that is damaged', async (context) => {
  const { service } = await inFrontOf(sending(archive), context);
  const damaged = Buffer.concat([archive.subarray(0, -8), Buffer.alloc(8, 1)]);
  const [backups, refused] = await Promise.all([
    Promise.all([1, 2].map(async () => (await service.ask('/backup')).arrayBuffer())),
    service.ask('/inspect', { method: 'POST', body: damaged }).then(errorIn),
  ]);
  for (const backup of backups) assert.ok(archive.equals(new Uint8Array(backup)));
  assert.equal(refused.code, 'archive_rejected');
  assert.deepEqual(service.reported, []);
});
