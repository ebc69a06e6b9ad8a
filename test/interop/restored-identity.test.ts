import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { dirname, join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import * as assert from 'uvu/assert';
import { nodeIdentityPaths } from '../../src/adapters/identity/node-identity-files.js';
import { type RaftParty, shakeHands } from './certificate-verifiers.js';
import { calmElections, caughtUp, type Engine, engineSuite, type Identity, leading } from './engine.js';
import type { EngineNode } from './engine-node.js';
import { backUp, jaco, jacoSucceeds, type RestoredNode, restoreAs } from './jaco-program.js';

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
    assert.match(String(await refusal(node, foreign.caCertificate, 'recovered')), /^UNABLE_TO_|^CERT_/);
    assert.is(await refusal(node, identity.caCertificate, 'other'), 'ERR_TLS_CERT_ALTNAME_INVALID');
    const connection = ['--server', node.options.grpcAddress, '--ca-cert', foreign.caCertificate];
    const run = await jaco(engine, 'cluster', 'status', ...connection, '--token', identity.token);
    assert.is(run.code, 1);
    assert.match(run.stderr, /certificate/);
  });

  test('carries raft between the nodes, as newer daemons have it: TLS 1.3 with certificates on both sides', async () => {
    const { restored, identity } = await restoredDirectory(engine);
    const secured = (party: RaftParty) => ({ ...calmElections, 'raft-identity': party.directory });
    const node = await leading(await engine.start({ ...restored, flags: secured(ownParty(restored)) }));
    const joined = await engine.start({ id: 'fresh', flags: secured(joiningParty(engine, identity, 'fresh')) });
    await node.add(joined);
    await node.write('over-tls', 100);
    await caughtUp(joined, node);
    await node.transferTo(joined);
    await leading(joined);
    await joined.write('the-other-way', 100);
    await caughtUp(node, joined);
  });

  test('is refused there under another name, and accepts only nodes of its own cluster as peers', async () => {
    const { restored, identity } = await restoredDirectory(engine);
    const own = ownParty(restored);
    const peer = joiningParty(engine, identity, 'fresh');
    const foreign = joiningParty(engine, engine.identity('elsewhere'), 'recovered');
    // It would accept us as one of its own, so we have to be the side that refuses.
    copyFileSync(identity.caCertificate, join(foreign.directory, 'ca.crt'));
    const authority = authorityAsParty(engine, identity);
    const outcomes = shakeHands(engine, [
      { server: own, client: peer, expected: 'recovered' },
      { server: peer, client: own, expected: 'fresh' },
      { server: own, client: peer, expected: 'fresh' },
      { server: foreign, client: own, expected: 'recovered' },
      { server: own, client: foreign, expected: 'recovered' },
      { server: authority, client: own, expected: 'ca' },
      { server: own, client: authority, expected: 'recovered' },
    ]);
    const trust = { server: '', client: '' };
    assert.equal(outcomes.slice(0, 2), [trust, trust]);
    assert.match(outcomes[2]?.client ?? '', 'certificate is valid for recovered, ');
    assert.match(outcomes[3]?.client ?? '', 'certificate signed by unknown authority');
    assert.match(outcomes[4]?.server ?? '', 'certificate signed by unknown authority');
    assert.match(outcomes[5]?.client ?? '', 'certificate is not valid for any names');
    assert.match(outcomes[6]?.server ?? '', 'certificate is that of a CA');
  });
});

/** The identity that `jaco restore` wrote. */
function ownParty({ dataDirectory, id }: RestoredNode): RaftParty {
  return { directory: nodeIdentityPaths(dataDirectory, id).directory, name: id };
}

/** The identity that a node gets when it joins the cluster with this CA. */
function joiningParty(engine: Engine, identity: Identity, name: string): RaftParty {
  const source = dirname(identity.caCertificate);
  const directory = join(source, `joined-${name}`);
  engine.tool(['join-identity', source, name, directory]);
  return { directory, name };
}

/** The CA itself, presented as if it were a node. */
function authorityAsParty(engine: Engine, identity: Identity): RaftParty {
  const directory = engine.path('ca-as-a-node');
  mkdirSync(directory);
  for (const file of ['ca.crt', 'ca.key'])
    copyFileSync(join(dirname(identity.caCertificate), file), join(directory, file));
  return { directory, name: 'ca' };
}

/** What `jaco restore` made of a cluster's backup, for a node called `recovered`, after that cluster is gone. */
async function restoredDirectory(engine: Engine): Promise<{ restored: RestoredNode; identity: Identity }> {
  const identity = engine.identity();
  const [founder] = await engine.startCluster(1, { ...identity.flags, token: identity.token });
  const path = await backUp(engine, founder, 'cluster.tar.gz');
  await founder.kill();
  return { restored: await restoreAs(engine, path, 'recovered'), identity };
}

/** That node, serving TLS with what `jaco restore` wrote. */
async function restoredNode(engine: Engine): Promise<{ node: EngineNode; identity: Identity }> {
  const { restored, identity } = await restoredDirectory(engine);
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

/** The code of the error that ends the handshake. @throws Error it succeeds */
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
