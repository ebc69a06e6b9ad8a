import { randomBytes } from 'node:crypto';
import { readdirSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client, type ClientReadableStream, credentials, Metadata } from '@grpc/grpc-js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createStreamingArchiveVerifier } from '../../../src/adapters/archive/streaming-archive-verifier.js';
import { encodeFirstCommands } from '../../../src/adapters/contract/command-encoding.js';
import { calls, messages } from '../../../src/adapters/contract/contract.js';
import type { AuditEventMessage } from '../../../src/adapters/contract/messages.js';
import { createGrpcClusterView } from '../../../src/adapters/grpc/grpc-cluster-view.js';
import { createGrpcSnapshotSource } from '../../../src/adapters/grpc/grpc-snapshot-source.js';
import { createRaftStoreInitializer } from '../../../src/adapters/raft/raft-store-initializer.js';
import { serveDaemonOnPath } from '../../../src/adapters/sandbox/daemon-server.js';
import { type RunningSandbox, runSandbox } from '../../../src/adapters/sandbox/run-sandbox.js';
import type { SandboxDaemon } from '../../../src/adapters/sandbox/sandbox-daemon.js';
import { unsealed } from '../../../src/domain/archive/archive-schema.js';
import { collect, streamOf } from '../../builders/byte-streams.js';
import { noCommands } from '../../builders/first-commands.js';
import { refusalOf } from '../../builders/outcome.js';
import { scratchFor } from '../../cli/scratch-directory.js';
import { until } from '../../cli/waiting.js';
import { sandboxMachine } from './sandbox-machine.js';

const test = suite('server of the sandbox');
const scratch = scratchFor(test);
const never = new AbortController().signal;
const minute = 60_000;
let sandbox: RunningSandbox;

/** A cluster whose state does not fit into what the network buffers. */
const ballast = 6 * 1024 * 1024;

test.before.each(async () => {
  const machine = sandboxMachine();
  const state = messages.state.encode({ cluster: { clusterId: 'c-1' }, routes: [randomBytes(ballast)] });
  const voter = { id: 'node-1', address: '127.0.0.1:7001' };
  const dataDirectory = scratch.path('data');
  const seed = {
    dataDirectory,
    snapshotId: '3-100-1795539891344',
    index: 100n,
    term: 3n,
    configurationIndex: 1n,
    voter,
    seal: unsealed,
    owner: undefined,
  };
  const initializer = createRaftStoreInitializer(machine.fileSystem, machine.acquireLock, encodeFirstCommands);
  await (await initializer.stage(seed, streamOf(state), noCommands, never)).commit();
  sandbox = await runSandbox({ dataDirectory, socket: undefined, listen: undefined, name: undefined }, machine);
});
test.after.each(async () => {
  await sandbox.close();
});

const connection = () => ({ kind: 'socket', path: sandbox.socket }) as const;
const source = () => createGrpcSnapshotSource(connection(), minute);

async function backupsRecorded(): Promise<number> {
  let count = 0;
  for await (const _ of createGrpcClusterView(connection(), minute).audit({ types: ['BACKUP_TAKEN'] }, never))
    count += 1;
  return count;
}

/** The files of the raft store that this process has open. */
function openFiles(): string[] {
  const target = (descriptor: string) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`);
    } catch {
      return '';
    }
  };
  return readdirSync('/proc/self/fd')
    .map(target)
    .filter((path) => path.startsWith(join(scratch.path('data'), 'raft')));
}

test('streams an archive that verifies, in chunks of at most 64 KiB', async () => {
  // Not gathered, so that the chunks are seen as they come.
  const passage = createStreamingArchiveVerifier({ snapshotBytes: 2 * ballast }, undefined, 1).verify(
    source().open(never),
  );
  let largest = 0;
  for await (const chunk of passage.bytes) largest = Math.max(largest, chunk.length);
  assert.is(passage.summary().metadata.clusterId, 'c-1');
  assert.ok(passage.summary().snapshotSizeBytes > ballast);
  assert.is(largest, 64 * 1024);
  assert.is(await backupsRecorded(), 1);
});

test('waits while the caller is slow, and cuts large pieces', async () => {
  const seen = { pulled: 0 };
  async function* pieces() {
    for (; seen.pulled < 400; seen.pulled++) yield Buffer.alloc(128 * 1024);
  }
  const daemon = { backup: pieces } as unknown as SandboxDaemon;
  const server = await serveDaemonOnPath(daemon, scratch.path('other.sock'));
  const other = createGrpcSnapshotSource({ kind: 'socket', path: scratch.path('other.sock') }, minute);
  const stream = other.open(never)[Symbol.asyncIterator]();
  const first = await stream.next();
  for (let still = 0, last = -1; still < 30; still = seen.pulled === last ? still + 1 : 0) {
    last = seen.pulled;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { pulled } = seen;
  await stream.return?.();
  await server.close();
  console.log(`NOTE: the sandbox had ${pulled * 128} KiB pulled while the first 64 KiB were held`);
  assert.is(first.value?.length, 64 * 1024);
  assert.ok(pulled < 40, `${pulled} pieces were pulled`);
});

test('lets go of the snapshot when the caller leaves, and records no backup', async () => {
  const stream = source().open(never)[Symbol.asyncIterator]();
  await stream.next();
  await until(() => openFiles().length === 1);
  await stream.return?.();
  await until(() => openFiles().length === 0);
  assert.is(await backupsRecorded(), 0);
});

test('survives callers that leave in the middle, one after another and at once', async () => {
  const leave = async () => {
    for await (const _ of source().open(never)) break;
  };
  for (let count = 0; count < 3; count++) await leave();
  await Promise.all(Array.from({ length: 5 }, leave));
  await until(() => openFiles().length === 0);
  assert.ok((await collect(source().open(never))).length > ballast);
});

/** Follows what the audit log has of backups with gRPC's own client. */
function follow(): { readonly seen: AuditEventMessage[]; readonly call: ClientReadableStream<AuditEventMessage> } {
  const client = new Client(`unix:${sandbox.socket}`, credentials.createInsecure());
  const { path, request, response } = calls.auditQuery;
  const call = client.makeServerStreamRequest(
    path,
    request.encode,
    response.decode,
    { follow: true, types: [13] },
    new Metadata(),
  );
  const seen: AuditEventMessage[] = [];
  call.on('data', (event: AuditEventMessage) => seen.push(event)).on('error', () => client.close());
  return { seen, call };
}

test('sends new events to a follower of the audit log, until it disconnects', async () => {
  const { seen, call } = follow();
  await collect(source().open(never));
  await until(() => seen.length === 1);
  assert.is(seen.at(0)?.type, 13);
  call.cancel();
  await collect(source().open(never));
  assert.is(await backupsRecorded(), 2);
  assert.is(seen.length, 1);
});

test('ends a follower’s call when it closes', async () => {
  const { call } = follow();
  const ended = new Promise((resolve) => call.once('error', resolve));
  await backupsRecorded();
  await sandbox.close();
  assert.instance(await ended, Error);
});

test('reports a failed backup to the caller, and keeps serving', async () => {
  const snapshots = scratch.path('data', 'raft', 'snapshots');
  rmSync(snapshots, { recursive: true });
  const error = await refusalOf(collect(source().open(never)));
  assert.is(error.details['daemonCode'], 'backup_failed');
  const status = await createGrpcClusterView(connection(), minute).status(never);
  assert.is(status.leader, '127.0.0.1:7001');
});

test.run();
