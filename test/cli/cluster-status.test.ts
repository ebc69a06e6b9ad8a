import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { calls, type Draft } from '../../src/adapters/contract/contract.js';
import type { ClusterStatusResponse } from '../../src/adapters/contract/messages.js';
import {
  type Answer,
  type MisbehavingDaemon,
  startMisbehavingDaemon,
  statusPath,
} from '../adapters/grpc/misbehaving-daemon.js';
import { jacoFails, jacoSucceeds, runJaco } from './jaco-process.js';
import { operatorToken, startSandbox } from './running-sandbox.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('jaco cluster status');
const scratch = scratchFor(test);
let daemon: MisbehavingDaemon | undefined;

test.after.each(async () => {
  await daemon?.close();
  daemon = undefined;
});

async function statusOf(response: Draft<ClusterStatusResponse>, ...flags: readonly string[]): Promise<string> {
  const answer: Answer = async ({ send, end }) => {
    await send(calls.status.response.encode(response));
    end({ status: 0 });
  };
  daemon = await startMisbehavingDaemon({ socket: scratch.path('s') }, { [statusPath]: answer });
  return jacoSucceeds(['cluster', 'status', '--socket', scratch.path('s'), ...flags]);
}

const lines = (...text: readonly string[]) => `${text.join('\n')}\n`;

const one: Draft<ClusterStatusResponse> = {
  initialized: true,
  leader: '10.0.0.5:7001',
  raftIndex: '4178',
  nodes: [{ hostname: 'node-1', address: '10.0.0.5:7001', status: 2 }],
  suffrages: [{ hostname: 'node-1', kind: 1 }],
};

const several: Draft<ClusterStatusResponse> = {
  ...one,
  raftIndex: '18446744073709551615',
  nodes: [
    { hostname: 'node-1', address: '10.0.0.5:7001', status: 2 },
    { hostname: 'node-2', address: '10.0.0.6:7001', status: 1 },
    { hostname: 'node-3', address: '10.0.0.7:7001', status: 3 },
    { hostname: 'node-4', address: '10.0.0.8:7001', status: 4 },
    { hostname: 'node-5', address: '10.0.0.9:7001', status: 0 },
    { hostname: 'node-6', address: '', status: 99 },
  ],
  suffrages: [
    { hostname: 'node-1', kind: 1 },
    { hostname: 'node-2', kind: 2 },
    { hostname: 'node-3', kind: 0 },
    { hostname: 'node-4', kind: 99 },
  ],
};

test('prints the table of a single voter to the letter', async () => {
  assert.is(
    await statusOf(one),
    lines(
      'Status:     initialized',
      'Leader:     node-1',
      'Raft index: 4178',
      'Nodes (1):',
      '  - node-1 @ 10.0.0.5:7001 [READY, VOTER]',
    ),
  );
});

test('prints every state and suffrage, and values of a newer daemon as unknown', async () => {
  assert.is(
    await statusOf(several, '-o', 'table'),
    lines(
      'Status:     initialized',
      'Leader:     node-1',
      'Raft index: 18446744073709551615',
      'Nodes (6):',
      '  - node-1 @ 10.0.0.5:7001 [READY, VOTER]',
      '  - node-2 @ 10.0.0.6:7001 [JOINING, NONVOTER]',
      '  - node-3 @ 10.0.0.7:7001 [ISOLATION_UNAVAILABLE, UNKNOWN]',
      '  - node-4 @ 10.0.0.8:7001 [DRAIN_TIMEOUT, UNKNOWN]',
      '  - node-5 @ 10.0.0.9:7001 [UNSPECIFIED, UNKNOWN]',
      '  - node-6 @  [UNKNOWN, UNKNOWN]',
    ),
  );
});

test('prints a daemon without a cluster', async () => {
  assert.is(
    await statusOf({}),
    lines('Status:     not initialized', 'Leader:     none', 'Raft index: 0', 'Nodes (0):'),
  );
});

test('prints the address of a leader that no node has', async () => {
  assert.match(await statusOf({ ...one, leader: '10.0.0.99:7001' }), /^Leader: {5}10\.0\.0\.99:7001$/m);
});

test('keeps a name from moving the cursor', async () => {
  const text = await statusOf({ ...one, nodes: [{ hostname: 'node\u001b[2J', address: 'a\nb', status: 2 }] });
  assert.match(text, / - node\\u\{1b\}\[2J @ a\\u\{a\}b \[READY, UNKNOWN\]$/m);
});

test('explains on standard error, only with the table, what may be misread', async () => {
  const answer: Answer = async ({ send, end }) => {
    await send(calls.status.response.encode({ ...one, leader: '10.77.0.4:7001' }));
    end({ status: 0 });
  };
  daemon = await startMisbehavingDaemon({ socket: scratch.path('s') }, { [statusPath]: answer });
  const table = await runJaco(['cluster', 'status', '--socket', scratch.path('s')]);
  assert.match(table.stderr, /^Note: the leader is not in the list of nodes: [^\n]+\.\n$/);
  assert.is((await runJaco(['cluster', 'status', '--socket', scratch.path('s'), '-o', 'json'])).stderr, '');
});

const document = {
  initialized: true,
  leader: 'node-1',
  raft_index: 4178,
  nodes: [{ hostname: 'node-1', address: '10.0.0.5:7001', status: 'ready', suffrage: 'voter' }],
};

test('prints JSON in lower case', async () => {
  assert.is(await statusOf(one, '-o', 'json'), `${JSON.stringify(document, undefined, 2)}\n`);
});

test('prints every digit of the raft index in JSON, and unknown suffrage if it is not reported', async () => {
  const text = await statusOf(several, '-o', 'json');
  assert.match(text, /^ {2}"raft_index": 18446744073709551615,$/m);
  const { nodes } = JSON.parse(text) as { nodes: { status: string; suffrage: string }[] };
  assert.equal(nodes[1], { hostname: 'node-2', address: '10.0.0.6:7001', status: 'joining', suffrage: 'nonvoter' });
  assert.equal(
    nodes.slice(2).map(({ suffrage }) => suffrage),
    Array(4).fill('unknown'),
  );
});

test('prints the same as YAML, with every digit', async () => {
  assert.equal(parse(await statusOf(one, '-o', 'yaml')), document);
  await daemon?.close();
  assert.match(await statusOf(several, '-o', 'yaml'), /^raft_index: 18446744073709551615$/m);
});

test('asks over the socket of JACO_SOCKET, and over TLS', async () => {
  const flags = ['--name', 'node-1', '--listen', '127.0.0.1:0'];
  const sandbox = await startSandbox(scratch.path('node'), flags);
  const environment = { JACO_SOCKET: sandbox.socket, JACO_TOKEN: operatorToken(scratch.path('node')) };
  const local = await jacoSucceeds(['cluster', 'status'], { environment });
  const parameters = ['cluster', 'status', '--server', sandbox.server, '--ca-cert', sandbox.caCertificate];
  assert.is(await jacoSucceeds(parameters, { environment }), local);
  assert.match(
    local,
    /^Status: {5}initialized\nLeader: {5}node-1\nRaft index: 4180\nNodes \(3\):\n {2}- node-1 @ 127\.0\.0\.1:7001 \[READY, VOTER\]\n/,
  );
  await sandbox.stop();
});

test('says that no daemon answers', async () => {
  assert.match(
    await jacoFails(['cluster', 'status', '--socket', scratch.path('none')]),
    /^Error: cannot reach the daemon at \S+none: there is no such socket\. Start the daemon \(sudo systemctl start jaco\)/,
  );
});

test('gives up on a daemon that does not answer', async () => {
  daemon = await startMisbehavingDaemon({ socket: scratch.path('s') }, { [statusPath]: () => undefined });
  const sentence = await jacoFails(['cluster', 'status', '--socket', scratch.path('s'), '--timeout', '300ms']);
  assert.match(sentence, /did not end within 0\.3 seconds\. /);
});

test('says so when the daemon ends the call without an answer', async () => {
  daemon = await startMisbehavingDaemon(
    { socket: scratch.path('s') },
    { [statusPath]: ({ end }) => end({ status: 0 }) },
  );
  const { code, stdout, stderr } = await runJaco(['cluster', 'status', '--socket', scratch.path('s')]);
  assert.equal([code, stdout], [1, '']);
  assert.match(stderr, /^Error: the daemon at \S+ ended the call without an answer\. Look at the daemon's log\.\n$/);
});

test.run();
