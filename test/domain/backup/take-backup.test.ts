import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type BackupPorts, takeBackup } from '../../../src/domain/backup/take-backup.js';
import type { ClusterStatus } from '../../../src/domain/cluster/cluster-status.js';
import { JacoError, stopIfInterrupted } from '../../../src/domain/errors.js';
import { giveParameter } from '../../../src/domain/remedy.js';
import { locationWord } from '../../../src/domain/values/archive-location.js';
import { fileAt } from '../../builders/locations.js';
import { inSchema } from '../../builders/snapshot-metadata.js';
import { maskingSealer } from '../../fakes/masking-sealer.js';
import { plainDigest } from '../../fakes/plain-digest.js';
import { metadata, node, status } from '../builders.js';
import { failureOf, rejectionOf } from '../refusal.js';

const test = suite('takeBackup');
const never = new AbortController().signal;

/** What a test may set; the rest makes a backup that succeeds. */
interface Setting {
  readonly chunks?: readonly Uint8Array[];
  /** What the daemon's stream ends in. */
  readonly failure?: Error;
  readonly schemaVersion?: number;
  readonly stateVerified?: boolean;
  readonly status?: () => ClusterStatus;
}

/** A cluster and a disk in memory: what was written, and how often the cluster was asked for its status. */
function backupStage(setting: Setting = {}) {
  const files = new Map<string, Buffer>();
  const asked = { status: 0 };
  const ports: BackupPorts = {
    source: {
      async *open(signal) {
        for (const chunk of setting.chunks ?? [Buffer.from('archive')]) {
          stopIfInterrupted(signal);
          yield chunk;
        }
        if (setting.failure !== undefined) throw setting.failure;
      },
    },
    cluster: {
      async status() {
        asked.status += 1;
        return (setting.status ?? status)();
      },
      async *audit() {},
    },
    verifier: {
      verify(archive) {
        let ended = false;
        return {
          bytes: passing(archive, () => (ended = true)),
          summary() {
            if (!ended) throw new Error('asked for the summary before the end');
            return {
              metadata: inSchema({ schemaVersion: setting.schemaVersion ?? 1 }, metadata()),
              snapshotSizeBytes: 41,
              stateVerified: (setting.schemaVersion ?? 1) === 1 || setting.stateVerified === true,
            };
          },
        };
      },
    },
    writer: {
      async write(location, archive, signal) {
        const chunks: Uint8Array[] = [];
        for await (const chunk of archive) chunks.push(chunk);
        stopIfInterrupted(signal);
        files.set(locationWord(location), Buffer.concat(chunks));
        return { location, sizeBytes: Buffer.concat(chunks).length };
      },
    },
  };
  return { ports, files, asked };
}

async function* passing(archive: AsyncIterable<Uint8Array>, end: () => void) {
  yield* archive;
  end();
}

const noLeader = new JacoError('daemon_refused', 'no_leader: backup requires leader', {
  details: { daemonCode: 'no_leader' },
});

const refusalWith = (clusterStatus: () => ClusterStatus) =>
  rejectionOf(
    'daemon_refused',
    takeBackup(backupStage({ failure: noLeader, status: clusterStatus }).ports, fileAt('cluster.tar.gz'), never),
  );

test('writes the archive to the destination, byte for byte as the cluster sent it', async () => {
  const { ports, files } = backupStage({ chunks: [Buffer.from('ar'), Buffer.alloc(0), Buffer.from('chive')] });
  await takeBackup(ports, fileAt('cluster.tar.gz'), never);
  assert.equal([...files], [['cluster.tar.gz', Buffer.from('archive')]]);
});

test('returns the file, its size and its content', async () => {
  const outcome = await takeBackup(backupStage().ports, fileAt('cluster.tar.gz'), never);
  assert.equal(outcome, {
    location: fileAt('cluster.tar.gz'),
    sizeBytes: 7,
    metadata: metadata(),
    snapshotSizeBytes: 41,
    stateVerified: true,
    sha256: undefined,
    encrypted: false,
    warnings: [],
    followedTo: undefined,
  });
});

test('warns that this version cannot restore an archive of a newer schema', async () => {
  const { warnings } = await takeBackup(backupStage({ schemaVersion: 3 }).ports, fileAt('cluster.tar.gz'), never);
  assert.is(warnings.length, 1);
  assert.match(warnings[0]?.sentence ?? '', /has schema 3, written by a newer daemon.*cannot restore it/);
});

test('says that it did not look into a sealed state, unless it did', async () => {
  const stage = backupStage({ schemaVersion: 2 });
  const { warnings } = await takeBackup(stage.ports, fileAt('cluster.tar.gz'), never);
  assert.equal(
    warnings.map(({ remedies }) => remedies),
    [[giveParameter('keyFile')]],
  );
  assert.match(warnings[0]?.sentence ?? '', /nobody has looked into its state, which is sealed$/);
  const looked = backupStage({ schemaVersion: 2, stateVerified: true });
  assert.equal((await takeBackup(looked.ports, fileAt('cluster.tar.gz'), never)).warnings, []);
});

for (const failure of [
  new JacoError('archive_rejected', 'cut short'),
  new JacoError('stream_broken', 'no_leader'),
  new JacoError('daemon_refused', 'token_invalid: who are you', { details: { daemonCode: 'token_invalid' } }),
  new JacoError('daemon_refused', 'no_leader, says a proxy'),
  new TypeError('bug'),
]) {
  test(`throws "${failure.message}" on as it is, writes nothing and asks for no leader`, async () => {
    const { ports, files, asked } = backupStage({ failure });
    assert.is(await failureOf(takeBackup(ports, fileAt('cluster.tar.gz'), never)), failure);
    assert.is(files.size + asked.status, 0);
  });
}

test('names the leader when a follower was asked, and how to ask it', async () => {
  const refusal = await refusalWith(() => status());
  assert.is(refusal.message, 'no_leader: backup requires leader; the leader is node-2 (10.0.0.2:7000)');
  assert.equal(refusal.remedies, [{ kind: 'ask-leader', address: '10.0.0.2:7000' }]);
  assert.equal(refusal.details, { daemonCode: 'no_leader', leader: '10.0.0.2:7001' });
  assert.is(refusal.cause, noLeader);
});

test("names the leader's raft address where the cluster knows no gRPC address of it", async () => {
  const leader = node({ hostname: 'node-2', address: '10.0.0.2:7001', grpcAddress: '' });
  const refusal = await refusalWith(() => status({ nodes: [leader] }));
  assert.match(refusal.message, 'the leader is node-2 (10.0.0.2:7001)');
  assert.equal(refusal.remedies, [{ kind: 'ask-leader', address: undefined }]);
});

test("names the leader's raft address where the cluster lists no such node", async () => {
  const refusal = await refusalWith(() => status({ nodes: [] }));
  assert.ok(refusal.message.endsWith('; the leader is 10.0.0.2:7001'), refusal.message);
  assert.equal(refusal.remedies, [{ kind: 'ask-leader', address: undefined }]);
});

test('escapes what the cluster says about the leader', async () => {
  const leader = node({ hostname: 'a\u001b', address: '10.0.0.2:7001', grpcAddress: 'b\n' });
  const refusal = await refusalWith(() => status({ nodes: [leader] }));
  assert.match(refusal.message, 'a\\u{1b} (10.0.0.2:7001)');
  assert.equal(refusal.remedies, [{ kind: 'ask-leader', address: undefined }]);
});

test('says that a majority may be missing where the node knows of no leader, and what can be done then', async () => {
  const refusal = await refusalWith(() => status({ leader: '' }));
  assert.match(refusal.message, /^no_leader: backup requires leader, and this node knows of no leader: .* majority/);
  assert.equal(refusal.remedies.at(-1), { kind: 'recover-cluster' });
  assert.equal(refusal.details, { daemonCode: 'no_leader', leader: '' });
});

test('keeps to the refusal where the node is not initialized', async () => {
  assert.is(await refusalWith(() => status({ leader: '', initialized: false })), noLeader);
});

test('keeps to the refusal where asking for the leader fails', async () => {
  const refusal = await refusalWith(() => {
    throw new JacoError('connection_failed', 'nobody answers');
  });
  assert.is(refusal, noLeader);
});

test('stops when the signal fires on the way, and leaves no file', async () => {
  const interruption = new AbortController();
  const { ports, files } = backupStage({ chunks: [Buffer.from('half'), Buffer.from('half')] });
  const source: typeof ports.source = {
    async *open(signal) {
      for await (const chunk of ports.source.open(signal)) {
        yield chunk;
        interruption.abort();
      }
    },
  };
  await rejectionOf('interrupted', takeBackup({ ...ports, source }, fileAt('cluster.tar.gz'), interruption.signal));
  assert.is(files.size, 0);
});

test('hands the signal to the writer, which has the last word', async () => {
  const interruption = new AbortController();
  const { ports, files } = backupStage();
  const verifier: typeof ports.verifier = {
    verify(archive) {
      const passage = ports.verifier.verify(archive);
      return { ...passage, bytes: passing(passage.bytes, () => interruption.abort()) };
    },
  };
  await rejectionOf('interrupted', takeBackup({ ...ports, verifier }, fileAt('cluster.tar.gz'), interruption.signal));
  assert.is(files.size, 0);
});

for (const [what, sealer, secret] of [
  ['an archive in the clear may hold secrets', undefined, true],
  ['an encrypted one holds none', maskingSealer, false],
] as const) {
  test(`says of what the writer leaves behind that ${what}`, async () => {
    const { ports } = backupStage();
    const left = { path: '/b/.a.part', state: 'there', secret: true, reason: 'It is in use.' } as const;
    const failure = new JacoError('storage_failed', 'the disk is full.', { leftBehind: [left] });
    const write = () => Promise.reject(failure);
    const sealing = sealer === undefined ? {} : { sealer };
    const told = await rejectionOf(
      'storage_failed',
      takeBackup({ ...ports, writer: { write }, ...sealing }, fileAt('a'), never),
    );
    assert.equal(told.leftBehind, [{ ...left, secret }]);
    assert.is(told.message, 'the disk is full.');
  });
}

test('gives the digest of what was stored on request, encrypted as it is', async () => {
  const { ports, files } = backupStage({ chunks: [Buffer.from('arch'), Buffer.from('ive')] });
  assert.is((await takeBackup(ports, fileAt('/backup'), never)).sha256, undefined);
  const digested = { ...ports, digest: plainDigest, sealer: maskingSealer };
  const { sha256, encrypted } = await takeBackup(digested, fileAt('/backup'), never);
  assert.is(encrypted, true);
  assert.is(sha256, plainDigest.of(files.get('/backup') as Buffer));
});

test.run();
