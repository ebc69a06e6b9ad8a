import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveLimits } from '../../src/adapters/archive/archive-limits.js';
import { createStreamingArchiveVerifier } from '../../src/adapters/archive/streaming-archive-verifier.js';
import { createTarGzipArchiveReader } from '../../src/adapters/archive/tar-gzip-archive-reader.js';
import { encodeFirstCommands } from '../../src/adapters/contract/command-encoding.js';
import { acquireExclusiveLock } from '../../src/adapters/filesystem/exclusive-lock.js';
import { createMarkerFileWriter } from '../../src/adapters/filesystem/marker-file-writer.js';
import { createDataDirectoryInspector } from '../../src/adapters/filesystem/node-data-directory-inspector.js';
import { createNodeFileSystem } from '../../src/adapters/filesystem/node-file-system.js';
import { createNodeIdentityWriter } from '../../src/adapters/identity/node-identity-writer.js';
import { damageOf } from '../../src/adapters/raft/damaged-store.js';
import { readLogStore } from '../../src/adapters/raft/log-store.js';
import { createRaftStoreInitializer } from '../../src/adapters/raft/raft-store-initializer.js';
import { listSnapshots, openSnapshot } from '../../src/adapters/raft/snapshot-directory.js';
import { plainAccess, type StoreAccess } from '../../src/adapters/raft/store-access.js';
import type { Keyring } from '../../src/adapters/seal/keyring.js';
import { createStateKeyring } from '../../src/adapters/seal/state-keyring.js';
import { createStoreAccess } from '../../src/adapters/seal/store-access.js';
import { createFileBackupStore } from '../../src/adapters/storage/filesystem/file-backup-store.js';
import type { SnapshotMetadata } from '../../src/domain/archive/snapshot-metadata.js';
import { JacoError } from '../../src/domain/errors.js';
import { type RestorePorts, restoreArchive } from '../../src/domain/restore/restore-archive.js';
import type { StateKeyring } from '../../src/ports/state-keyring.js';
import { fileAt } from '../builders/locations.js';

/** What a restore left in the data directory, read back as a daemon would. */
export interface RestoredState {
  readonly index: bigint;
  readonly term: bigint;
  readonly currentTerm: bigint;
  /** state.bin, in the clear. */
  readonly snapshot: Buffer;
  readonly marker: string;
}

/** How one archive fared. `undefined` in place of an error means that it was accepted. */
export interface Trial {
  readonly restoreError: JacoError | undefined;
  readonly restored: RestoredState | undefined;
  readonly verifyError: JacoError | undefined;
  readonly verified: { readonly metadata: SnapshotMetadata; readonly snapshotSizeBytes: number } | undefined;
}

/** Where archives are tried: a data directory with a daemon's files, alone in its own directory. */
export interface TrialGround {
  /**
   * Restores `archive` and verifies it (as it passes in `pieces`, where those are given), checks what must hold
   * whatever it is, and leaves the ground as it found it.
   */
  try(archive: Uint8Array, pieces?: AsyncIterable<Uint8Array>): Promise<Trial>;
  /** The same for an archive in a file, which may be larger than memory. */
  tryFile(path: string, bytes: () => AsyncIterable<Uint8Array>): Promise<Trial>;
  /** A directory that is gone with the ground. */
  readonly scratch: string;
  close(): void;
}

const never = new AbortController().signal;

/** The limit of most trials: more than any small archive needs. */
const smallLimits: ArchiveLimits = { snapshotBytes: 1024 ** 2 };

/**
 * Opens a ground on the fastest file system there is: thousands of restores sync thousands of files, and what a disk
 * does with them is tested elsewhere. With a `ring` at hand, sealed archives are opened and stores sealed.
 */
export function openTrialGround(limits: ArchiveLimits = smallLimits, ring?: Keyring): TrialGround {
  const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'jaco-faults-'));
  const scratch = join(root, 'scratch');
  const dataDirectory = join(root, 'var/lib/data');
  mkdirSync(join(dataDirectory, 'node'), { recursive: true });
  mkdirSync(scratch);
  writeFileSync(join(dataDirectory, 'node/ca.crt'), 'PEM');
  const keyring = ring && createStateKeyring(ring);
  const ports = realPorts(limits, keyring);
  const untouched = contentsBeside(scratch, root);

  async function tryFile(path: string, bytes: () => AsyncIterable<Uint8Array>): Promise<Trial> {
    const wish = {
      archive: fileAt(path),
      name: 'recovered',
      advertiseAddress: '10.0.0.7:7001',
      grpcAddress: undefined,
      // A development build says nothing of whether it seals its state.
      daemonVersion: ring === undefined ? 'v0.3.9' : 'dev',
      dataDirectory,
      socket: join(root, 'no.sock'),
      identity: true,
      bare: false,
      removeNodes: [],
      removeOtherNodes: false,
      intoOtherFiles: false,
    };
    const restoreError = await foreseenErrorOf(restoreArchive(ports, wish, never));
    let restored: RestoredState | undefined;
    if (restoreError === undefined) {
      restored = await readBack(dataDirectory, ring && createStoreAccess(ring));
      rmSync(join(dataDirectory, 'raft'), { recursive: true });
      rmSync(join(dataDirectory, 'restore.txt'));
    }
    const after = contentsBeside(scratch, root);
    if (after !== untouched) throw new Error(`other files were left: ${after}`);
    return { restoreError, restored, ...(await verify(limits, keyring, bytes())) };
  }

  return {
    scratch,
    tryFile,
    async try(archive, pieces = chunksOf(archive, 1 + (archive.length % 97))) {
      const path = join(scratch, 'archive.tar.gz');
      writeFileSync(path, archive);
      return tryFile(path, () => pieces);
    },
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** What a host may refuse although the archive is whole: a backup does not check its version and schema. */
const refusalsOfTheHost = ['version_incompatible', 'schema_unsupported'];

/**
 * Throws unless restore and verification agree: both refuse the archive, or both read the same from it.
 * Only its version or schema may keep a good archive from being restored here.
 */
export function requireAgreement({ restoreError, restored, verifyError, verified }: Trial): void {
  if (restored !== undefined && verified !== undefined) {
    const { snapshotIndex, snapshotTerm } = verified.metadata;
    const same =
      restored.index === snapshotIndex &&
      restored.term === snapshotTerm &&
      restored.currentTerm === snapshotTerm &&
      restored.snapshot.length === verified.snapshotSizeBytes;
    if (!same) throw new Error('another state was restored than the one that was verified');
  } else if (restored !== undefined) {
    throw new Error(`restored, but not verified: ${verifyError?.message}`);
  } else if (verified !== undefined && !refusalsOfTheHost.includes(restoreError?.code ?? '')) {
    throw new Error(`verified, but not restored: ${restoreError?.message}`);
  }
}

/** `bytes` in pieces of at most `size`. */
async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function realPorts(limits: ArchiveLimits, keyring: StateKeyring | undefined): RestorePorts {
  const files = createNodeFileSystem();
  return {
    store: createFileBackupStore(files, acquireExclusiveLock, { readsPipes: false }),
    archives: createTarGzipArchiveReader(limits),
    directories: createDataDirectoryInspector(files),
    raftStore: createRaftStoreInitializer(files, acquireExclusiveLock, encodeFirstCommands),
    marker: createMarkerFileWriter(files),
    identity: createNodeIdentityWriter(files, { nowMs: () => 1795539891344 }),
    host: {
      hostname: () => 'recovered',
      interfaces: async () => [{ name: 'eth0', address: '10.0.0.7', internal: false }],
      resolve: async () => undefined,
      stateKeyCredential: async () => undefined,
      installedDaemonVersion: async () => 'v0.3.9',
      daemonConfiguration: async () => ({
        path: undefined,
        clusterAddress: undefined,
        listenAddress: undefined,
        dataDirectory: undefined,
        unixSocket: undefined,
      }),
    },
    clock: { nowMs: () => 1795539891344 },
    ...(keyring === undefined ? {} : { keyring: { load: async () => keyring } }),
  };
}

async function verify(limits: ArchiveLimits, keyring: StateKeyring | undefined, archive: AsyncIterable<Uint8Array>) {
  const passage = createStreamingArchiveVerifier(limits, keyring).verify(archive);
  const verifyError = await foreseenErrorOf(drain(passage.bytes));
  return { verifyError, verified: verifyError === undefined ? passage.summary() : undefined };
}

async function drain(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of bytes);
}

/** The error of a failed promise, which must be one of the closed set, in one printable line; undefined when it succeeds. */
async function foreseenErrorOf(pending: Promise<unknown>): Promise<JacoError | undefined> {
  try {
    await pending;
    return undefined;
  } catch (error) {
    if (!(error instanceof JacoError)) throw error;
    const told = [error.message, JSON.stringify(error.remedies), ...Object.values(error.details)].join('');
    if (/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u.test(told)) throw new Error(`unprintable: ${JSON.stringify(told)}`);
    return error;
  }
}

/** Every path below `root` but those in `scratch`: a restore that strays would show here. */
function contentsBeside(scratch: string, root: string): string {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return paths.filter((path) => !join(root, path).startsWith(`${scratch}/`)).join(' ');
}

async function readBack(dataDirectory: string, access: StoreAccess = plainAccess): Promise<RestoredState> {
  const files = createNodeFileSystem();
  const raft = join(dataDirectory, 'raft');
  const [meta, ...others] = await listSnapshots(files, raft);
  if (meta === undefined || others.length > 0) throw new Error('a restored store has exactly one snapshot');
  const chunks: Uint8Array[] = [];
  const { content } = await openSnapshot(files, raft, meta.id);
  for await (const chunk of access.openState(content, meta, damageOf(raft))) chunks.push(chunk);
  const log = await readLogStore(files, join(raft, 'log.db'));
  access.requireOwn(log.stableValues, damageOf(raft));
  await log.close();
  return {
    index: meta.index,
    term: meta.term,
    currentTerm: log.currentTerm,
    snapshot: Buffer.concat(chunks),
    marker: readFileSync(join(dataDirectory, 'restore.txt'), 'utf8'),
  };
}
