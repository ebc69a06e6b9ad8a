import { defaultArchiveLimits } from '../../src/adapters/archive/archive-limits.js';
import { createTarGzipArchiveReader } from '../../src/adapters/archive/tar-gzip-archive-reader.js';
import type { FileSystem } from '../../src/adapters/filesystem/file-system.js';
import { createMarkerFileWriter } from '../../src/adapters/filesystem/marker-file-writer.js';
import { createDataDirectoryInspector } from '../../src/adapters/filesystem/node-data-directory-inspector.js';
import { createNodeIdentityWriter } from '../../src/adapters/identity/node-identity-writer.js';
import { createRaftStoreInitializer } from '../../src/adapters/raft/raft-store-initializer.js';
import { type RestoreOutcome, type RestorePorts, restoreArchive } from '../../src/domain/restore-archive.js';
import { createHeldLocks, type HeldLocks } from './held-locks.js';
import { smallArchive } from './small-archive.js';

export const dataDirectory = '/var/lib/jaco';
export const archivePath = '/backups/cluster.tar.gz';
export const archiveToRestore = await smallArchive(1);

/** When a restore runs; it gives the snapshot its name and the marker its time. */
export const firstRun = Date.UTC(2026, 4, 25, 12);
export const secondRun = firstRun + 3_600_000;

/** How a restore is run; what is left out is as in the program. */
export interface RestoreSettings {
  readonly nowMs?: number;
  readonly locks?: HeldLocks;
  /** The node that is restored. */
  readonly node?: { readonly name: string; readonly address: string };
  /** Exchanges ports. */
  readonly rewire?: (ports: RestorePorts) => RestorePorts;
}

/** Restores the small archive with the program's own use case and adapters, on whatever file system is given. */
export function restore(
  fileSystem: FileSystem,
  {
    nowMs = firstRun,
    locks = createHeldLocks(),
    node = { name: 'recovered', address: '10.0.0.7:7001' },
    rewire = (ports) => ports,
  }: RestoreSettings = {},
): Promise<RestoreOutcome> {
  const nothingConfigured = {
    path: undefined,
    clusterAddress: undefined,
    dataDirectory: undefined,
    unixSocket: undefined,
  };
  const ports: RestorePorts = {
    archives: createTarGzipArchiveReader(fileSystem, defaultArchiveLimits),
    directories: createDataDirectoryInspector(fileSystem),
    host: {
      hostname: () => 'recovered',
      addresses: () => ['10.0.0.7'],
      installedDaemonVersion: async () => undefined,
      daemonConfiguration: async () => nothingConfigured,
    },
    raftStore: createRaftStoreInitializer(fileSystem, locks.acquire),
    marker: createMarkerFileWriter(fileSystem),
    identity: createNodeIdentityWriter(fileSystem, { nowMs: () => nowMs }),
    clock: { nowMs: () => nowMs },
  };
  const wish = {
    archive: archivePath,
    name: node.name,
    advertiseAddress: node.address,
    daemonVersion: 'v0.3.9',
    dataDirectory,
    // Nobody listens there, on any machine.
    socket: '/nonexistent/jaco.sock',
    identity: true,
  };
  return restoreArchive(rewire(ports), wish, new AbortController().signal);
}

/** The archive at hand instead of on the disk, for where the reading of it is not what is looked at: it takes most of the time. */
export function archiveAtHand(ports: RestorePorts): RestorePorts {
  async function* snapshot(): AsyncGenerator<Uint8Array, void, undefined> {
    yield archiveToRestore.snapshot;
  }
  const { metadata } = archiveToRestore;
  return {
    ...ports,
    archives: {
      open: async () => ({
        metadata,
        snapshot: snapshot(),
        file: () => ({ sizeBytes: 0, sha256: undefined }),
        close: async () => undefined,
      }),
    },
  };
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
            await staged.commit();
            await writeMarker();
          },
        };
      },
    },
  };
}
