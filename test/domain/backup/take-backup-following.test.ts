import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type BackupPorts, takeBackup } from '../../../src/domain/backup/take-backup.js';
import { JacoError } from '../../../src/domain/errors.js';
import { checkParameters } from '../../../src/domain/remedy.js';
import { failingAfter, streamOf } from '../../builders/byte-streams.js';
import { fileAt, standardStream } from '../../builders/locations.js';
import { metadata, node, status } from '../builders.js';
import { failureOf, rejectionOf } from '../refusal.js';

const test = suite('takeBackup, when a follower was asked');
const never = new AbortController().signal;

const noLeader = new JacoError('daemon_refused', 'no_leader: backup requires leader', {
  details: { daemonCode: 'no_leader' },
});

/** A cluster whose follower refuses; what the leader answers, and what was done. */
function followingStage(clusterStatus = status(), leaderFailure?: Error) {
  const followed: string[] = [];
  const written: string[] = [];
  const ports: BackupPorts = {
    source: { open: () => failing(noLeader) },
    sourceAt(grpcAddress) {
      followed.push(grpcAddress);
      return { open: () => (leaderFailure === undefined ? streamOf('archive') : failing(leaderFailure)) };
    },
    cluster: { status: async () => clusterStatus, async *audit() {} },
    verifier: {
      verify: (bytes) => ({
        bytes,
        summary: () => ({ metadata: metadata(), snapshotSizeBytes: 41, stateVerified: true }),
      }),
    },
    writer: {
      async write(location, bytes) {
        for await (const chunk of bytes) written.push(Buffer.from(chunk).toString());
        return { location, sizeBytes: written.join('').length };
      },
    },
  };
  return { ports, followed, written };
}

// biome-ignore lint/correctness/useYield: a stream that fails before its first byte
async function* failing(error: Error): AsyncGenerator<Uint8Array, void, void> {
  throw error;
}

test('asks the leader that the follower names, and says so', async () => {
  const { ports, followed, written } = followingStage();
  const { followedTo } = await takeBackup(ports, fileAt('cluster.tar.gz'), never);
  assert.is(followedTo, 'node-2 (10.0.0.2:7000)');
  assert.equal([followed, written], [['10.0.0.2:7000'], ['archive']]);
});

test('rethrows an unexpected failure of the leader unchanged', async () => {
  const failure = new Error('out of files');
  const { ports } = followingStage(status(), failure);
  const thrown = await takeBackup(ports, fileAt('cluster.tar.gz'), never).catch((error: unknown) => error);
  assert.is(thrown, failure);
});

test('follows no further if the named node is not the leader either', async () => {
  const { ports, followed } = followingStage(status(), noLeader);
  assert.is(await failureOf(takeBackup(ports, fileAt('cluster.tar.gz'), never)), noLeader);
  assert.equal(followed, ['10.0.0.2:7000']);
});

test('follows no leader whose gRPC address the cluster does not know', async () => {
  const leader = node({ hostname: 'node-2', address: '10.0.0.2:7001', grpcAddress: '' });
  const { ports, followed } = followingStage(status({ nodes: [leader] }));
  await rejectionOf('daemon_refused', takeBackup(ports, fileAt('cluster.tar.gz'), never));
  assert.equal(followed, []);
});

test('does not follow if the refusal comes after some bytes, and names the leader', async () => {
  const { ports, followed } = followingStage();
  const source = { open: () => failingAfter(noLeader, 'half an ar') };
  const refusal = await rejectionOf('daemon_refused', takeBackup({ ...ports, source }, standardStream, never));
  assert.match(refusal.message, 'the leader is node-2 (10.0.0.2:7000)');
  assert.equal(followed, []);
});

for (const made of ['constructor', 'node-2', '[::1', '10.0.0.2:7000:', '0.0.0.0:7000', ':7000']) {
  test(`does not follow to "${made}", which cannot be dialled`, async () => {
    const leader = node({ hostname: 'node-2', address: '10.0.0.2:7001', grpcAddress: made });
    const { ports, followed } = followingStage(status({ nodes: [leader] }));
    const refusal = await rejectionOf('daemon_refused', takeBackup(ports, fileAt('cluster.tar.gz'), never));
    assert.match(refusal.message, 'the leader is node-2 (10.0.0.2:7001)');
    assert.equal(followed, []);
  });
}

for (const code of ['connection_failed', 'tls_untrusted'] as const) {
  test(`blames the follower, and not the operator’s own address, for a leader with ${code}`, async () => {
    const failure = new JacoError(code, 'it is not there.', { remedies: [checkParameters('server')] });
    const { ports } = followingStage(status(), failure);
    const told = await rejectionOf(code, takeBackup(ports, fileAt('cluster.tar.gz'), never));
    assert.is(
      told.message,
      'a follower was asked, and the leader that it names, node-2 at 10.0.0.2:7000, did not send the backup: it is not there.',
    );
    assert.equal(told.remedies, [{ kind: 'reach-leader' }]);
    assert.is(told.cause, failure);
  });
}

test('rethrows other failures of the leader unchanged', async () => {
  const failure = new JacoError('stream_broken', 'it broke');
  const { ports } = followingStage(status(), failure);
  assert.is(await failureOf(takeBackup(ports, fileAt('cluster.tar.gz'), never)), failure);
});

test('hands sealed bytes to the writer, and the archive as it was sent to verification', async () => {
  const { ports, written } = followingStage();
  const sealer: BackupPorts['sealer'] = {
    async *seal(archive) {
      for await (const chunk of archive) yield Buffer.from(`<${Buffer.from(chunk).toString()}>`);
    },
  };
  await takeBackup({ ...ports, sealer }, fileAt('cluster.tar.gz.age'), never);
  assert.equal(written, ['<archive>']);
});

test.run();
