import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { calls } from '../../src/adapters/contract/contract.js';
import {
  backupPath,
  type MisbehavingDaemon,
  startMisbehavingDaemon,
  statusPath,
  typedDetails,
} from '../adapters/grpc/misbehaving-daemon.js';
import { jacoFails, runJaco } from './jaco-process.js';
import { operatorToken, type RunningSandbox, startSandbox } from './running-sandbox.js';
import { scratchFor, sharedScratchFor } from './scratch-directory.js';

const test = suite('jaco backup that asks a follower');
const shared = sharedScratchFor(test);
const scratch = scratchFor(test);
let leader: RunningSandbox;
let follower: MisbehavingDaemon;

test.before(async () => {
  leader = await startSandbox(shared.path('node'), ['--name', 'node-1', '--listen', '127.0.0.1:0']);
});
test.after(async () => {
  await leader.stop();
});

const unavailable = 14;

test.before.each(async () => {
  const nodes = [{ hostname: 'node-1', address: '10.0.0.5:7001', grpcAddress: leader.server }];
  follower = await startMisbehavingDaemon(
    { socket: scratch.path('s') },
    {
      [backupPath]: ({ end }) =>
        end({ status: unavailable, details: typedDetails('no_leader', 'backup requires leader') }),
      async [statusPath]({ send, end }) {
        await send(calls.status.response.encode({ initialized: true, leader: '10.0.0.5:7001', nodes }));
        end({ status: 0 });
      },
    },
  );
});
test.after.each(() => follower.close());

const asking = (...flags: readonly string[]) => [
  'backup',
  ...['--socket', scratch.path('s'), '--output', scratch.path('a.tar.gz')],
  ...flags,
];
const environment = () => ({ JACO_TOKEN: operatorToken(shared.path('node')), JACO_CA_CERT: leader.caCertificate });

test('takes it from the leader where a token is at hand, and says so', async () => {
  const { code, stdout, stderr } = await runJaco(asking(), { environment: environment() });
  assert.is(code, 0, stderr);
  assert.match(stdout, /^Wrote \d+ bytes to \S+a\.tar\.gz\n$/);
  assert.is(stderr, `A follower was asked; the leader node-1 (${leader.server}) sent it.\n`);
});

test('sends the token to the leader only, over TLS', async () => {
  await runJaco(asking(), { environment: environment() });
  assert.equal(
    follower.received.map(({ authorization }) => authorization),
    [undefined, undefined],
  );
});

for (const [what, flags, variables] of [
  ['without a token', [], () => ({})],
  ['with --no-follow', ['--no-follow'], environment],
] as const) {
  test(`names the leader and how to ask it ${what}`, async () => {
    assert.is(
      await jacoFails(asking(...flags), { environment: variables() }),
      `Error: no_leader: backup requires leader; the leader is node-1 (${leader.server}). Ask it with --server ${leader.server}.`,
    );
    assert.equal(scratch.names(), ['s']);
  });
}

test('does not trust a leader of another cluster', async () => {
  const other = await startSandbox(scratch.path('other'), ['--name', 'node-1', '--listen', '127.0.0.1:0']);
  const variables = { ...environment(), JACO_CA_CERT: other.caCertificate };
  const sentence = await jacoFails(asking(), { environment: variables });
  assert.match(
    sentence,
    /^Error: a follower was asked, and the leader that it names, .*: the server at 127\.0\.0\.1:\d+ cannot be trusted: its certificate is not signed by/,
  );
  await other.stop();
  assert.equal(scratch.names(), ['other', 's']);
});

test.run();
