import { readFileSync } from 'node:fs';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect, type TLSSocket } from 'node:tls';
import * as assert from 'uvu/assert';
import { nodeIdentityPaths } from '../../src/adapters/identity/node-identity-files.js';
import { type Engine, engineSuite, type Identity, leading } from './engine.js';
import type { EngineNode } from './engine-node.js';
import { backUp, jaco, jacoSucceeds, restoreAs } from './jaco-program.js';

await engineSuite('the identity of a restored node, served by the engine', (test, engine) => {
  test('is trusted under the name and the address of the node, by the CA certificate that operators have', async () => {
    const { node, identity } = await restoredNode(engine);
    const restoredCa = nodeIdentityPaths(node.options.dataDirectory, 'recovered').authority;
    for (const ca of [identity.caCertificate, restoredCa]) {
      for (const name of ['recovered', 'localhost', undefined]) {
        assert.match(await statusOver(await verified(node, ca, name)), 'recovered', `${ca} ${name}`);
      }
    }
  });

  test('carries the calls of operators, with the token that they had before', async () => {
    const { node, identity } = await restoredNode(engine);
    const connection = ['--server', node.options.grpcAddress, '--ca-cert', identity.caCertificate];
    const credentials = [...connection, '--token', identity.token];
    const status = await jacoSucceeds(engine, 'cluster', 'status', ...credentials);
    assert.match(status, `recovered @ ${node.options.raftAddress} [READY, VOTER]`);
    await jacoSucceeds(engine, 'backup', ...credentials, '--output', engine.path('again.tar.gz'));
    assert.is(engine.readArchive(engine.path('again.tar.gz')).clusterId, (await node.dump()).clusterId);
  });

  test('is refused by clients of another CA, and under another name', async () => {
    const { node, identity } = await restoredNode(engine);
    const foreign = engine.identity('elsewhere');
    assert.is(await refusal(node, foreign.caCertificate, 'recovered'), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    assert.is(await refusal(node, identity.caCertificate, 'other'), 'ERR_TLS_CERT_ALTNAME_INVALID');
    const connection = ['--server', node.options.grpcAddress, '--ca-cert', foreign.caCertificate];
    const run = await jaco(engine, 'cluster', 'status', ...connection, '--token', identity.token);
    assert.is(run.code, 1);
    assert.match(run.stderr, /certificate/);
  });
});

/** A node called `recovered` that serves TLS with what `jaco restore` wrote, after the cluster that was backed up is gone. */
async function restoredNode(engine: Engine): Promise<{ node: EngineNode; identity: Identity }> {
  const identity = engine.identity();
  const [founder] = await engine.startCluster(1, { ...identity.flags, token: identity.token });
  const path = await backUp(engine, founder, 'cluster.tar.gz');
  await founder.kill();
  const restored = await restoreAs(engine, path, 'recovered');
  const { certificate, key } = nodeIdentityPaths(restored.dataDirectory, 'recovered');
  const node = await leading(await engine.start({ ...restored, flags: { cert: certificate, key } }));
  return { node, identity };
}

/** A connection that trusts only `caFile`, once the node has proven to be `name`; without one, its address. */
function verified(node: EngineNode, caFile: string, name?: string): Promise<TLSSocket> {
  const [host = '', port] = node.options.grpcAddress.split(':');
  const servername = name === undefined ? {} : { servername: name };
  return new Promise((resolve, reject) => {
    const options = { host, port: Number(port), ca: readFileSync(caFile), ALPNProtocols: ['h2'], ...servername };
    const socket = connect(options, () => resolve(socket));
    socket.on('error', reject);
  });
}

/** The code of the error that ends the handshake. @throws Error none does */
async function refusal(...parameters: Parameters<typeof verified>): Promise<string | undefined> {
  const outcome = await verified(...parameters).catch((error: NodeJS.ErrnoException) => error);
  if (outcome instanceof Error) return outcome.code;
  outcome.destroy();
  throw new Error('the node was trusted');
}

/** The bytes of the answer to Cluster.Status, asked over a connection that is there. */
async function statusOver(socket: TLSSocket): Promise<string> {
  const session = connectHttp2('https://node', { createConnection: () => socket });
  try {
    return await askForStatus(session);
  } finally {
    session.close();
  }
}

function askForStatus(session: ClientHttp2Session): Promise<string> {
  return new Promise((resolve, reject) => {
    session.on('error', reject);
    const call = session.request({
      ':method': 'POST',
      ':path': '/jaco.v1.Cluster/Status',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    let answer = '';
    call.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
    });
    call.on('error', reject).on('end', () => resolve(answer));
    // A message of no bytes, not compressed.
    call.end(Buffer.alloc(5));
  });
}
