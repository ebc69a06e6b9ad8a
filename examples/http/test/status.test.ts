import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { DaemonConnection } from 'jaco/adapters/grpc/connection';
import { composeSandbox } from 'jaco/composition/container';
import { startFakeDaemon } from './fake-daemon.js';
import { errorIn, startService } from './running-service.js';
import { scratchDirectory } from './scratch.js';

const path = scratchDirectory();

test('tells of the cluster, and takes its backup, over TLS with a token', async () => {
  const runSandbox = await composeSandbox({});
  const place = { dataDirectory: path('data'), socket: path('s'), listen: '127.0.0.1:0', name: 'node-1' };
  const sandbox = await runSandbox(place);
  const { server = '', caCertificate = '', tokenFile = '' } = sandbox.tls ?? {};
  const token = readFileSync(tokenFile, 'utf8').trim();
  const connection: DaemonConnection = { kind: 'tls', address: server, caCertificatePath: caCertificate, token };
  const service = await startService(connection);
  const stranger = await startService({ ...connection, token: 'f'.repeat(token.length) });
  const [status, backup, refused] = [
    await service.ask('/status'),
    await service.ask('/backup'),
    await stranger.ask('/backup'),
  ];
  const { leader, nodes } = (await status.json()) as {
    leader: string;
    nodes: { hostname: string; suffrage: string }[];
  };
  const archive = new Uint8Array(await backup.arrayBuffer());
  const error = await errorIn(refused);
  const inspected = await service.ask('/inspect', { method: 'POST', body: archive });
  for (const each of [service, stranger]) await each.stop();
  await sandbox.close();
  assert.equal(leader, 'node-1');
  assert.equal(nodes.find(({ hostname }) => hostname === leader)?.suffrage, 'voter');
  assert.equal(((await inspected.json()) as { cluster_id: string }).cluster_id, sandbox.clusterId);
  assert.equal(refused.status, 502);
  assert.equal(error.code, 'daemon_refused');
});

test('tells a number with all its digits', async () => {
  // ClusterStatusResponse: raft_index (field 3) is 2^64 - 1, initialized (field 4).
  const response = Buffer.from('18ffffffffffffffffff012001', 'hex');
  const daemon = await startFakeDaemon(path('fake'), async (send) => {
    await send(response);
    return 0;
  });
  const service = await startService(daemon.socket);
  const text = await (await service.ask('/status')).text();
  await service.stop();
  await daemon.stop();
  assert.match(text, /"raft_index": 18446744073709551615,/);
});
