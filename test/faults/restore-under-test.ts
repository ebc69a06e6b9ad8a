import { defaultArchiveLimits } from '../../src/adapters/archive/archive-limits.js';
import { createTarGzipArchiveReader } from '../../src/adapters/archive/tar-gzip-archive-reader.js';
import { encodeFirstCommands } from '../../src/adapters/contract/command-encoding.js';
import type { FileSystem } from '../../src/adapters/filesystem/file-system.js';
import { createMarkerFileWriter } from '../../src/adapters/filesystem/marker-file-writer.js';
import { createDataDirectoryInspector } from '../../src/adapters/filesystem/node-data-directory-inspector.js';
import { type IssuedIdentity, issueNodeIdentity } from '../../src/adapters/identity/node-identity-issuer.js';
import { createNodeIdentityWriter } from '../../src/adapters/identity/node-identity-writer.js';
import { createRaftStoreInitializer } from '../../src/adapters/raft/raft-store-initializer.js';
import type { Keyring } from '../../src/adapters/seal/keyring.js';
import { createStateKeyring } from '../../src/adapters/seal/state-keyring.js';
import { createFileBackupStore } from '../../src/adapters/storage/filesystem/file-backup-store.js';
import type { ClusterAuthority } from '../../src/domain/archive/snapshot-findings.js';
import { type RestoreOutcome, type RestorePorts, restoreArchive } from '../../src/domain/restore/restore-archive.js';
import { fileAt } from '../builders/locations.js';
import { openedBackup } from '../builders/opened-backup.js';
import { createHeldLocks, type HeldLocks } from './held-locks.js';
import { type SmallArchive, smallArchive } from './small-archive.js';

export const dataDirectory = '/var/lib/jaco';
export const archivePath = '/backups/cluster.tar.gz';
export const archiveToRestore = await smallArchive(1);
/** The restored node, by default. */
export const nodeName = 'recovered';

/** When a restore runs; it gives the snapshot its name and the marker its time. */
export const firstRun = Date.UTC(2026, 4, 25, 12);
export const secondRun = firstRun + 3_600_000;

const issued = new Map<string, Promise<IssuedIdentity>>();

/** The same pair each time for a CA and a name: it saves time, and makes the disks of two runs the same. */
function issueOnce(authority: ClusterAuthority, name: string, hosts: readonly string[]): Promise<IssuedIdentity> {
  const known = issued.get(authority.key + name) ?? issueNodeIdentity(authority, name, hosts, firstRun);
  issued.set(authority.key + name, known);
  return known;
}

/** How to run a restore; the defaults are those of the program. */
export interface RestoreSettings {
  readonly nowMs?: number;
  readonly locks?: HeldLocks;
  /** The node that is restored. */
  readonly name?: string;
  /** The keyring that is at hand; a plain archive becomes a sealed store under it. */
  readonly ring?: Keyring | undefined;
  /** Exchanges ports. */
  readonly rewire?: (ports: RestorePorts) => RestorePorts;
}

/**
 * Restores the archive at {@link archivePath} with the program's own use case and adapters, on the given file system.
 */
export function restore(
  fileSystem: FileSystem,
  {
    nowMs = firstRun,
    locks = createHeldLocks(),
    name = nodeName,
    ring,
    rewire = (ports) => ports,
  }: RestoreSettings = {},
): Promise<RestoreOutcome> {
  const nothingConfigured = {
    path: undefined,
    clusterAddress: undefined,
    listenAddress: undefined,
    dataDirectory: undefined,
    unixSocket: undefined,
  };
  const ports: RestorePorts = {
    store: createFileBackupStore(fileSystem, locks.acquire, { readsPipes: false }),
    archives: createTarGzipArchiveReader(defaultArchiveLimits),
    directories: createDataDirectoryInspector(fileSystem),
    host: {
      hostname: () => name,
      interfaces: async () => [{ name: 'eth0', address: '10.0.0.7', internal: false }],
      resolve: async () => undefined,
      stateKeyCredential: async () => undefined,
      installedDaemonVersion: async () => undefined,
      daemonConfiguration: async () => nothingConfigured,
    },
    raftStore: createRaftStoreInitializer(fileSystem, locks.acquire, encodeFirstCommands),
    marker: createMarkerFileWriter(fileSystem),
    identity: createNodeIdentityWriter(fileSystem, { nowMs: () => nowMs }, issueOnce),
    clock: { nowMs: () => nowMs },
    ...(ring === undefined ? {} : { keyring: { load: async () => createStateKeyring(ring) } }),
  };
  const wish = {
    archive: fileAt(archivePath),
    name,
    advertiseAddress: '10.0.0.7:7001',
    grpcAddress: undefined,
    // A development build says nothing of whether it seals its state.
    daemonVersion: ring === undefined ? 'v0.3.9' : 'dev',
    allowsPlain: ring !== undefined,
    dataDirectory,
    // No process listens there, on any machine.
    socket: '/nonexistent/jaco.sock',
    identity: true,
    bare: false,
    removeNodes: [],
    removeOtherNodes: false,
    intoOtherFiles: false,
  };
  return restoreArchive(rewire(ports), wish, new AbortController().signal);
}

/**
 * The archive in memory instead of on the disk, for tests that are not about reading it, which takes most of the time.
 */
export function archiveAtHand({
  metadata,
  metadataBytes,
  stored,
}: SmallArchive): (ports: RestorePorts) => RestorePorts {
  async function* inOnePiece(): AsyncGenerator<Uint8Array, void, undefined> {
    yield stored;
  }
  return (ports) => ({
    ...ports,
    store: { open: async () => openedBackup(new Uint8Array(0)) },
    archives: {
      open: async () => ({
        metadata,
        metadataBytes,
        snapshotSizeBytes: stored.length,
        snapshot: inOnePiece(),
        file: () => ({ sizeBytes: 0, sha256: undefined, paddingBytes: 0 }),
        close: async () => undefined,
      }),
    },
  });
}

/** The mistake that the order of restoreArchive avoids: the store is moved into place, then the marker is written. */
export function commitBeforeMarker(ports: RestorePorts): RestorePorts {
  let writeMarker: () => Promise<void> = async () => undefined;
  return {
    ...ports,
    marker: {
      ...ports.marker,
      async write(...parameters) {
        writeMarker = () => ports.marker.write(...parameters);
      },
    },
    raftStore: {
      async stage(...parameters) {
        const staged = await ports.raftStore.stage(...parameters);
        return {
          ...staged,
          async commit() {
            const outcome = await staged.commit();
            await writeMarker();
            return outcome;
          },
        };
      },
    },
  };
}
