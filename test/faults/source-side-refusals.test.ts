import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Draft } from '../../src/adapters/contract/contract.js';
import { calls, messages } from '../../src/adapters/contract/contract.js';
import type { ClusterStatusResponse } from '../../src/adapters/contract/messages.js';
import {
  type Answer,
  backupPath,
  type CallEnd,
  type MisbehavingDaemon,
  startMisbehavingDaemon,
  statusPath,
  typedDetails,
} from '../adapters/grpc/misbehaving-daemon.js';
import { jacoFails } from '../cli/jaco-process.js';
import { scratchFor } from '../cli/scratch-directory.js';
import { assertSays } from './source-side-trial.js';

const test = suite('backup from a daemon that refuses');
const scratch = scratchFor(test);
let daemon: MisbehavingDaemon | undefined;

/** gRPC status codes. */
const [failedPrecondition, internal, unavailable, unauthenticated] = [9, 13, 14, 16];

test.after.each(async () => {
  await daemon?.close();
  daemon = undefined;
});

async function refusedWith(how: CallEnd, status?: Answer): Promise<string> {
  const answers = { [backupPath]: ({ end }) => end(how), ...(status && { [statusPath]: status }) } satisfies Record<
    string,
    Answer
  >;
  daemon = await startMisbehavingDaemon({ socket: scratch.path('jaco.sock') }, answers);
  const parameters = ['backup', '--output', 'cluster.tar.gz', '--socket', scratch.path('jaco.sock')];
  const sentence = await jacoFails(parameters, { directory: scratch.directory('out') });
  assert.equal(scratch.names('out'), []);
  return sentence;
}

const typed = (status: number, code: string, message: string): CallEnd => ({
  status,
  message,
  details: typedDetails(code, message),
});

const statusOf =
  (response: Draft<ClusterStatusResponse>): Answer =>
  async ({ send, end }) => {
    await send(calls.status.response.encode(response));
    end({ status: 0 });
  };

const noLeader = typed(unavailable, 'no_leader', 'backup requires leader');
const leaderNode = { hostname: 'node-2', address: '10.0.0.6:7001' };

test('names the leader that the follower knows, and how to ask it', async () => {
  const nodes = [
    { hostname: 'node-1', address: '10.0.0.5:7001' },
    { ...leaderNode, grpcAddress: '10.0.0.6:7000' },
  ];
  const sentence = await refusedWith(noLeader, statusOf({ initialized: true, leader: '10.0.0.6:7001', nodes }));
  assert.is(
    sentence,
    'Error: no_leader: backup requires leader; the leader is node-2 (10.0.0.6:7000). Ask it with --server 10.0.0.6:7000.',
  );
});

test('names the leader by its raft address where its gRPC address is not known', async () => {
  const sentence = await refusedWith(noLeader, statusOf({ leader: '10.0.0.6:7001', nodes: [leaderNode] }));
  assertSays(sentence, /^Error: no_leader: backup requires leader; the leader is node-2 \(10\.0\.0\.6:7001\)\. Ask it/);
});

test('names the leader by its address where no node has it', async () => {
  const sentence = await refusedWith(noLeader, statusOf({ leader: '10.0.0.9:7001' }));
  assertSays(sentence, /^Error: no_leader: backup requires leader; the leader is 10\.0\.0\.9:7001\. Ask it/);
});

test('names the way out of a lost quorum where the node knows of no leader', async () => {
  const sentence = await refusedWith(noLeader, statusOf({ initialized: true, leader: '' }));
  assertSays(
    sentence,
    /and this node knows of no leader: .* is missing\. Wait until one is elected, or build .*jaco recover/,
  );
});

for (const [when, status] of Object.entries<Answer>({
  'the status fails': ({ end }) => end({ status: internal, message: 'no status' }),
  'the status never comes': () => undefined,
  'the connection breaks at the status': ({ stream }) => stream.session?.destroy(),
})) {
  test(`keeps the refusal of a follower when ${when}`, async () => {
    const sentence = await refusedWith(noLeader, status);
    assertSays(sentence, /^Error: no_leader: backup requires leader\. Ask the leader with --server .*$/);
  });
}

for (const [code, status, message, remedy] of [
  ['no_cluster', failedPrecondition, 'this node has not joined a cluster', /jaco cluster init/],
  ['cluster_uninitialized', failedPrecondition, 'not initialized', /jaco cluster init/],
  ['raft_unavailable', unavailable, 'raft is shutting down', /try once more\.$/],
  ['backup_failed', internal, 'snapshot: disk full', /log\.$/],
  [
    'backup_failed',
    internal,
    'trigger snapshot: cannot take snapshot now, wait until the configuration entry at 15 has been applied (have applied 13)',
    /The membership has just changed\. Try again in half a minute/,
  ],
  ['token_invalid', unauthenticated, 'token is unknown', /JACO_TOKEN or --token/],
  ['token_revoked', unauthenticated, 'token was revoked', /token that is still valid\.$/],
] as const) {
  test(`shows ${code} as the daemon says it, with a remedy: ${message}`, async () => {
    const sentence = await refusedWith(typed(status, code, message));
    assert.ok(sentence.startsWith(`Error: ${code}: ${message}. `), sentence);
    assertSays(sentence, remedy);
  });
}

test('shows a code that it does not know', async () => {
  assert.is(await refusedWith(typed(internal, 'quorum_frozen', 'winter')), 'Error: quorum_frozen: winter');
});

for (const [what, how, expected] of [
  ['no details', { status: unavailable, message: 'raft is busy' }, 'unavailable: raft is busy'],
  ['no details and no message', { status: internal }, 'internal: the daemon gave no reason'],
  [
    'details of another type',
    { status: internal, message: 'oh no', details: typedDetails('x', 'y', 'type.googleapis.com/google.rpc.Help') },
    'internal: oh no',
  ],
  [
    'details that cannot be read',
    { status: internal, message: 'oh no', details: Buffer.from([0xff, 0xff]) },
    'internal: oh no',
  ],
  [
    'a typed error without a code',
    { status: internal, message: 'oh no', details: typedDetails('', 'unsaid') },
    'internal: oh no',
  ],
  [
    'a typed error without a message',
    { status: internal, message: 'oh no', details: typedDetails('quorum_frozen', '') },
    'quorum_frozen: oh no',
  ],
  ['a cancellation of its own', { status: 1, message: 'shutting down' }, 'cancelled: shutting down'],
  ['a status that gRPC does not know', { status: 99, message: 'eh' }, 'unknown: eh'],
] as const) {
  test(`shows a refusal with ${what}`, async () => {
    const sentence = await refusedWith(how);
    assert.is(sentence.split('. ')[0], `Error: ${expected}`);
  });
}

test('finds the typed error after details of other types', async () => {
  const help = { type_url: 'type.googleapis.com/google.rpc.Help', value: Buffer.from('?') };
  const value = messages.daemonError.encode({ code: 'backup_failed', message: 'second' });
  const error = { type_url: 'type.googleapis.com/jaco.v1.Error', value };
  const details = messages.rpcStatus.encode({ code: internal, message: 'first', details: [help, error] });
  assertSays(await refusedWith({ status: internal, message: 'first', details }), /^Error: backup_failed: second\. /);
});

for (const code of ['constructor', '__proto__', 'toString']) {
  test(`shows the code ${code}, which no daemon has, as the daemon sent it`, async () => {
    assertSays(await refusedWith(typed(internal, code, 'a reason')), new RegExp(`^Error: ${code}: a reason$`));
  });
}

test('keeps a long message with several lines and colours on one line', async () => {
  const sentence = await refusedWith(typed(internal, 'backup_failed', `one\ntwo\u001b[31m${'x'.repeat(10_000)}`));
  assertSays(sentence, /^Error: backup_failed: one\\u\{a\}two\\u\{1b\}\[31mx+…\. Look at the daemon's log\.$/);
  assert.ok(sentence.length < 700);
});

test.run();
