import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeFirstCommands } from '../../src/adapters/contract/command-encoding.js';
import type { FileSystem } from '../../src/adapters/filesystem/file-system.js';
import { createMarkerFileWriter } from '../../src/adapters/filesystem/marker-file-writer.js';
import { createDataDirectoryInspector } from '../../src/adapters/filesystem/node-data-directory-inspector.js';
import { createNodeIdentityWriter } from '../../src/adapters/identity/node-identity-writer.js';
import { createSurvivingStores } from '../../src/adapters/raft/surviving-stores.js';
import { recoverStore } from '../../src/domain/recovery/recover-store.js';
import { collectStoreFindings } from '../../src/domain/recovery/store-findings.js';
import { withTemporaryDirectory } from '../adapters/filesystem/temporary-directory.js';
import { plantRaftStore } from '../adapters/raft/planted-store.js';
import { commandOf } from '../builders/commands.js';
import { snapshotOf } from '../builders/snapshot-bytes.js';
import { withoutSync } from './broken-file-systems.js';
import { checkCrashes, type Judge, nameOf, type Recording, remembering, renderReport, syncsOf } from './crash-check.js';
import { type DiskImage, describeDisk, type Planted, plantDisk } from './disk-image.js';
import { createHeldLocks } from './held-locks.js';
import { ensure } from './restored-store.js';
import { createSimulatedDisk } from './simulated-disk.js';

const test = suite('recoveries and power cuts');
const dataDirectory = '/var/lib/jaco';
const daemon = { uid: 996, gid: 994 };
const lastIndex = 1002n;
const stateLimit = 256;

/** A store as a daemon left it, below `directory`. */
const left = await withTemporaryDirectory(async (scratch) => {
  const applied = (deployment: string) => commandOf({ auditAppend: { event: { type: 1, payload: { deployment } } } });
  await plantRaftStore(scratch, {
    currentTerm: 8n,
    snapshot: { id: '7-1000-1795539891344', index: 1000n, term: 7n, state: snapshotOf('c-1', 5000) },
    entries: [
      { term: 7n, command: applied('a') },
      { term: 8n, command: applied('b') },
    ],
    members: [{ id: 'node-1', address: '10.0.0.1:7001', suffrage: 'voter' }],
  });
  const names = await readdir(scratch, { recursive: true, withFileTypes: true });
  const found: { readonly name: string; readonly bytes?: Uint8Array }[] = [];
  for (const entry of names) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(scratch.length);
    found.push(entry.isFile() ? { name, bytes: await readFile(path) } : { name });
  }
  return found.sort((one, other) => (one.name < other.name ? -1 : 1));
});

function storeAt(directory: string): readonly Planted[] {
  const files = left.map(({ name, bytes }) => ({
    path: `${directory}${name}`,
    mode: bytes === undefined ? 0o700 : 0o600,
    owner: daemon,
    ...(bytes === undefined ? {} : { bytes }),
  }));
  return [{ path: directory, mode: 0o700, owner: daemon }, ...files];
}

/** Recovers with the program's own use case and adapters. */
async function recover(fileSystem: FileSystem, from: string, nowMs: number): Promise<void> {
  const locks = createHeldLocks();
  const nothing = { path: undefined, clusterAddress: undefined, listenAddress: undefined };
  const ports = {
    survivors: createSurvivingStores(fileSystem, locks.acquire, encodeFirstCommands),
    directories: createDataDirectoryInspector(fileSystem),
    host: {
      hostname: () => 'node-1',
      interfaces: async () => [{ name: 'eth0', address: '10.0.0.7', internal: false }],
      resolve: async () => undefined,
      stateKeyCredential: async () => undefined,
      installedDaemonVersion: async () => undefined,
      daemonConfiguration: async () => ({ ...nothing, dataDirectory: undefined, unixSocket: undefined }),
    },
    marker: createMarkerFileWriter(fileSystem),
    identity: createNodeIdentityWriter(fileSystem, { nowMs: () => nowMs }),
    clock: { nowMs: () => nowMs },
  };
  const wish = {
    ...{ from, name: 'node-1', dataDirectory, identity: false, acceptLoss: false, intoOtherFiles: false },
    ...{ advertiseAddress: undefined, grpcAddress: undefined, removeNodes: [], removeOtherNodes: false },
    socket: '/nonexistent/jaco.sock',
  };
  await recoverStore(ports, wish, new AbortController().signal);
}

async function record(start: DiskImage, from: string, change = (files: FileSystem) => files): Promise<Recording> {
  const disk = createSimulatedDisk(start);
  await recover(change(disk.fileSystem), from, 1_795_700_000_000);
  return { start, operations: disk.operations, reported: 'success' };
}

/** What is below a path, whatever that is called. */
function treeAt(image: DiskImage, path: string): string {
  const lines = describeDisk(image).filter((line) => line.startsWith(`${path}/`));
  return lines.map((line) => line.slice(path.length)).join('\n');
}

/** The last index of a store that a daemon would boot, and that of the recovered one is followed by both new entries. */
async function lastIndexIn(fileSystem: FileSystem, path: string): Promise<bigint> {
  const store = await createSurvivingStores(fileSystem, createHeldLocks().acquire, encodeFirstCommands).open(path);
  const { lost, members, ...found } = await store.survey(collectStoreFindings, new AbortController().signal);
  await store.close();
  ensure(lost === undefined, `entries are lost in ${path}: ${lost?.reason}`);
  if (found.lastIndex > lastIndex) ensure(members[0]?.address === '10.0.0.7:7001', 'it has other members');
  return found.lastIndex;
}

/** Before, after, or between two renames: whatever it is, the same command must bring it to its end. */
function judge(start: DiskImage, from: string, source: string): Judge {
  const whole = treeAt(start, source);
  return async (image) => {
    try {
      const disk = createSimulatedDisk(image);
      const kept = describeDisk(image)
        .map((line) => line.split(' ')[0] as string)
        .filter((path) => /\/raft\.before-recovery-\d+$/.test(path));
      const places = [source, ...kept].filter((path) => treeAt(image, path) === whole);
      ensure(places.length > 0, 'the surviving store is gone or changed');
      const isThere = (await disk.fileSystem.linkStatus(`${dataDirectory}/raft/log.db`)) !== undefined;
      const done = isThere && (await lastIndexIn(disk.fileSystem, dataDirectory)) === lastIndex + 2n;
      if (!done) await recover(disk.fileSystem, from, 1_795_800_000_000);
      ensure((await lastIndexIn(disk.fileSystem, dataDirectory)) === lastIndex + 2n, 'the next recovery does not end');
      ensure((await disk.fileSystem.status(`${dataDirectory}/restore.txt`)) !== undefined, 'there is no marker');
      ensure(treeAt(disk.image(), `${dataDirectory}/raft.restoring`) === '', 'something is left behind');
      return { kind: done ? 'after' : 'before' };
    } catch (error) {
      return { kind: 'bad', reason: (error as Error).message };
    }
  };
}

const existing: Planted = { path: dataDirectory, mode: 0o750, owner: daemon };

for (const [title, planted, from, source] of [
  ['recover into an empty directory', storeAt('/mnt/left/raft'), '/mnt/left', '/mnt/left/raft'],
  ['recover in place', storeAt(`${dataDirectory}/raft`), dataDirectory, `${dataDirectory}/raft`],
] as const) {
  const start = plantDisk([existing, ...planted]);
  const verdict = remembering(judge(start, from, source));
  const whole = await record(start, from);

  test(`${title}: every power cut leaves the surviving store whole, and the same command ends what it began`, async () => {
    const report = await checkCrashes(whole, verdict, { limit: stateLimit });
    assert.is(report.bad, undefined);
    assert.ok(report.before > 1 && report.after > 0);
    console.log(`\n${renderReport(title, report)}`);
  });

  // That the check sees anything: each sync is there because without it a bad state is found.
  for (const [position, sync] of syncsOf(whole).entries()) {
    test(`${title}: without sync ${position + 1}, ${nameOf(sync)}, a power cut leaves a bad state`, async () => {
      const mutated = await record(start, from, (files) => withoutSync(files, position));
      assert.is.not((await checkCrashes(mutated, verdict, { limit: stateLimit })).bad, undefined);
    });
  }
}

test.run();
