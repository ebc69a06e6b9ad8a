import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { archiveOf } from './archives.js';
import { chunk, startFakeDaemon } from './fake-daemon.js';
import { authorized, errorOf, startService, until } from './running-service.js';
import { scratchDirectory } from './scratch.js';

const path = scratchDirectory();
const archive = archiveOf(2_000_000);

/** A daemon that sends half of a backup, and the rest when the test asks for it. */
async function startHesitatingDaemon() {
  const telling = new EventEmitter();
  const daemon = await startFakeDaemon(path('fake'), async (send) => {
    await send(chunk(archive.subarray(0, 600_000)));
    await send(chunk(archive.subarray(600_000, 1_200_000)));
    await once(telling, 'go on');
    await send(chunk(archive.subarray(1_200_000)));
    return 0;
  });
  return { daemon, tell: () => telling.emit('go on') };
}

test('stops when what it was asked before is answered, and accepts nothing more', async () => {
  const { daemon, tell } = await startHesitatingDaemon();
  const service = await startService(daemon.socket);
  const response = await service.ask('/backup');
  const stopped = service.stop(60_000);
  await assert.rejects(service.ask('/status'));
  tell();
  const backup = new Uint8Array(await response.arrayBuffer());
  await stopped;
  await daemon.stop();
  assert.ok(archive.equals(backup));
});

test('breaks off what is not answered in time when it stops, and cancels the call', async () => {
  const { daemon } = await startHesitatingDaemon();
  const service = await startService(daemon.socket);
  const response = await service.ask('/backup');
  await service.stop(100);
  await assert.rejects(response.arrayBuffer());
  await until(() => daemon.ended() === 1);
  await daemon.stop();
});

test('tells a client that asks first to send its body only where it will be read', async () => {
  const service = await startService(path('nobody'));
  for (const [headers, expected] of [
    [{ 'content-length': '10' }, 'unauthorized'],
    [{ ...authorized, 'content-length': String(2 ** 40) }, 'archive_too_large'],
    [{ ...authorized, 'content-length': String(archive.length) }, 'continue'],
  ] as const) {
    const asked = request(service.url('/inspect'), { method: 'POST', headers: { ...headers, expect: '100-continue' } });
    const told = await Promise.race([once(asked, 'continue'), once(asked, 'response')]);
    const [response] = told as [IncomingMessage?];
    const said = response === undefined ? 'continue' : errorOf((await response.toArray()).join('')).code;
    asked.destroy();
    assert.equal(said, expected);
  }
  await service.stop();
});

test('lets a client that reads no answer before it has sent all of its body see that it is refused', async () => {
  const service = await startService(path('nobody'));
  const body = Buffer.alloc(32 * 1024 * 1024);
  for (const [authorization, status] of [
    ['Bearer of-nothing', 401],
    [authorized.authorization, 422],
  ] as const) {
    const client = connect(service.port, '127.0.0.1').pause();
    const head = ['POST /inspect HTTP/1.1', 'host: here', `authorization: ${authorization}`];
    client.write(`${head.join('\r\n')}\r\ncontent-length: ${body.length}\r\n\r\n`);
    await new Promise<void>((resolve, reject) => {
      client.write(body, (error) => (error ? reject(error) : resolve()));
    });
    const [answer] = (await once(client.resume(), 'data')) as [Buffer];
    client.destroy();
    assert.match(answer.toString(), new RegExp(`^HTTP/1.1 ${status} `));
  }
  await service.stop();
});
