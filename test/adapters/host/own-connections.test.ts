import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hasConnectionTo } from '../../../src/adapters/host/own-connections.js';
import { hasIpv6 } from '../grpc/any-server.js';

const test = suite("this process's connections");

async function connected(host: string): Promise<{ readonly port: number; readonly client: Socket; close(): void }> {
  const accepted: Socket[] = [];
  const server = createServer((socket) => accepted.push(socket.on('error', () => undefined))).listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect(port, host).on('error', () => undefined);
  await Promise.all([once(client, 'connect'), once(server, 'connection')]);
  const close = () => {
    for (const socket of accepted) socket.resetAndDestroy();
    server.close();
  };
  return { port, client, close };
}

for (const host of ['127.0.0.1', ...((await hasIpv6()) ? ['::1'] : [])]) {
  test(`are known by the port that they lead to: ${host}`, async () => {
    const { port, client, close } = await connected(host);
    assert.is(await hasConnectionTo(port), true);
    assert.is(await hasConnectionTo(client.localPort ?? 0), true, "the server's end of it is in this process, too");
    client.destroy();
    close();
    assert.is(await hasConnectionTo(port), false);
  });
}

test('end when the peer resets them, before this process has noticed', async () => {
  const { port, client, close } = await connected('127.0.0.1');
  client.pause();
  close();
  assert.is(client.destroyed, false);
  assert.is(await hasConnectionTo(port), false);
  client.destroy();
});

test.run();
