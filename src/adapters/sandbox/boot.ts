import { join } from 'node:path';
import { isJacoError, JacoError, type LeftBehind, leavingBehind, leftBehindBy } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import { restoreIdentity } from '../../domain/restore/first-commands.js';
import { markerFacts, markerFileName, parseMarker, type RestoreMarker } from '../../domain/restore/marker.js';
import { restoring } from '../../domain/restore/undertaking.js';
import { dataDirectoryNames } from '../../domain/values/data-directory-layout.js';
import { printable } from '../../domain/values/printable-text.js';
import { auditEventNumbers } from '../contract/enum-numbers.js';
import type { ClusterMetaMessage } from '../contract/messages.js';
import { storeHolder } from '../filesystem/daemon-presence.js';
import type { AcquireLock, ExclusiveLock } from '../filesystem/exclusive-lock.js';
import { readSmallFile, storageError } from '../filesystem/file-operations.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { namingFailures } from '../filesystem/named-failures.js';
import { damageOf } from '../raft/damaged-store.js';
import { createDataDirectory, lockDataDirectory, removeEmptyDirectories } from '../raft/data-directory.js';
import { type BootRequest, type FoundingMachine, foundClusterUnlessThere } from './found-cluster.js';
import { createSandboxDaemon, type SandboxDaemon } from './sandbox-daemon.js';
import { electSandboxStore } from './sandbox-store.js';
import { type LoadStoreAccess, readStoredRaft, type StoredRaft, soleVoter } from './stored-raft.js';

/** The machine that it runs on. */
export interface BootMachine extends FoundingMachine {
  /** Reads the keyring of a sealed store, which may not lie in the data directory; undefined where no keyring is named. */
  readonly loadStoreAccess?: ((dataDirectory: string) => ReturnType<LoadStoreAccess>) | undefined;
}

/** A booted daemon. */
export interface BootedSandbox {
  readonly daemon: SandboxDaemon;
  /** The node's name, which is its raft id. */
  readonly name: string;
  /** What the boot did with the directory. */
  readonly origin: 'created' | 'restored' | 'resumed';
  /** The id of the key that its state is sealed under; undefined if it is plain. */
  readonly keyId: string | undefined;
  /** What the operator should know of the store, a sentence each. */
  readonly warnings: readonly string[];
  /** Releases the data directory, and returns what is left of the lock. */
  release(): Promise<readonly LeftBehind[]>;
}

const markerLimitBytes = 16 * 1024;

/**
 * Boots a data directory: an empty one with an example cluster, any other as the daemon would. A directory that `jaco
 * restore` has primed gets its RESTORE_COMPLETED, once.
 * @throws store_damaged, daemon_running, marker_mismatch, in_progress, request_invalid, permission_denied, storage_failed
 */
export async function bootSandbox(request: BootRequest, machine: BootMachine): Promise<BootedSandbox> {
  const files = namingFailures(machine.fileSystem);
  await refuseStoreInUse(files, request.dataDirectory);
  const made = await createDataDirectory(files, request.dataDirectory, undefined);
  try {
    return await bootIn(files, request, machine);
  } catch (error) {
    throw leavingBehind(error, [...leftBehindBy(error), ...(await removeEmptyDirectories(files, made))]);
  }
}

async function bootIn(files: FileSystem, request: BootRequest, machine: BootMachine): Promise<BootedSandbox> {
  const { fileSystem, clock } = machine;
  const { dataDirectory } = request;
  const { loadStoreAccess } = machine;
  const loadAccess = loadStoreAccess && (() => loadStoreAccess(dataDirectory));
  const lock = await lockForBoot(files, dataDirectory, machine.acquireLock);
  try {
    // Under the lock of the boot: of two sandboxes, the one that founds the cluster is also the one that boots it.
    const founding = { ...machine, acquireLock: async () => ({ release: async () => [] }) };
    const created = await foundClusterUnlessThere(request, founding, loadAccess);
    const owner = (await files.status(dataDirectory))?.owner;
    const raftDirectory = join(dataDirectory, dataDirectoryNames.raft);
    // Every refusal comes before the first write.
    const stored = await readStoredRaft(fileSystem, raftDirectory, loadAccess);
    const voter = soleVoter(stored.servers, request.name);
    const cluster = initializedCluster(stored, raftDirectory);
    const restore = await lastRestore(fileSystem, dataDirectory, stored, cluster.clusterId);
    const store = await electSandboxStore(fileSystem, clock, raftDirectory, stored, voter, owner);
    const daemon = createSandboxDaemon(store, cluster, clock);
    if (restore?.recorded === false) {
      await daemon.record(auditEventNumbers.restoreCompleted, markerFacts(restore.marker), restoreIdentity);
    }
    const fresh = restore !== undefined && !(restore.recorded && stored.elected);
    const origin = created ? 'created' : fresh ? 'restored' : 'resumed';
    const keyId = store.keyring?.activeKeyId;
    return {
      daemon,
      name: voter.id,
      origin,
      keyId,
      warnings: warningsOf(stored, loadAccess),
      release: () => lock.release(),
    };
  } catch (error) {
    throw leavingBehind(error, [...leftBehindBy(error), ...(await lock.release())]);
  }
}

/** The engine does this silently, but an operator does not expect a node that forgets. */
function warningsOf(
  { passedOver, snapshot, access }: StoredRaft,
  loadAccess: LoadStoreAccess | undefined,
): readonly string[] {
  const isUnsealed = loadAccess !== undefined && access.keyring === undefined;
  return [
    ...passedOver.map((sentence) => `${sentence} Booted from an older snapshot instead, of index ${snapshot?.index}.`),
    ...(isUnsealed ? ['The store is plain, and stays plain: the keyring at hand is not used.'] : []),
  ];
}

/**
 * A boot replaces log.db. A daemon that has the old one open would continue to write into a file without a name, and
 * lose it at its next start.
 */
async function refuseStoreInUse(files: FileSystem, dataDirectory: string): Promise<void> {
  const holder = await storeHolder(files, dataDirectory);
  if (holder === undefined) return;
  throw new JacoError('daemon_running', `cannot boot ${printable(dataDirectory, 4096)}: ${holder}.`, {
    remedies: [advice('Stop it first.'), { kind: 'choose-another', parameter: 'dataDirectory' }],
  });
}

/** The lock is that of a restore; the error must name the boot instead. */
async function lockForBoot(files: FileSystem, dataDirectory: string, acquireLock: AcquireLock): Promise<ExclusiveLock> {
  try {
    return await lockDataDirectory(files, dataDirectory, [], acquireLock, restoring);
  } catch (error) {
    if (!isJacoError(error, 'in_progress')) throw error;
    throw new JacoError('in_progress', `cannot boot ${printable(dataDirectory, 4096)}: another jaco process uses it.`, {
      remedies: [advice('Stop it first.'), { kind: 'choose-another', parameter: 'dataDirectory' }],
      cause: error,
    });
  }
}

function initializedCluster({ state }: StoredRaft, raftDirectory: string): ClusterMetaMessage {
  const cluster = state.cluster();
  if (cluster !== undefined && cluster.clusterId !== '') return cluster;
  throw damageOf(raftDirectory)('its state names no cluster');
}

async function readMarker(fileSystem: FileSystem, dataDirectory: string): Promise<RestoreMarker | undefined> {
  const path = join(dataDirectory, markerFileName);
  try {
    if ((await fileSystem.linkStatus(path)) === undefined) return undefined;
    const bytes = await readSmallFile(fileSystem, path, markerLimitBytes);
    return parseMarker(new TextDecoder().decode(bytes));
  } catch (error) {
    throw storageError(error, `read ${path}`);
  }
}

/**
 * The restore that made this store, if its marker is there, and whether the audit log has its event: a restore puts the
 * event into the log, except a bare one.
 * @throws marker_mismatch  the marker is of another store
 */
async function lastRestore(
  fileSystem: FileSystem,
  dataDirectory: string,
  { state, snapshot }: StoredRaft,
  clusterId: string,
): Promise<{ readonly marker: RestoreMarker; readonly recorded: boolean } | undefined> {
  const marker = await readMarker(fileSystem, dataDirectory);
  if (marker === undefined) return undefined;
  if (marker.clusterId !== clusterId) {
    throw mismatch(`it names cluster ${printable(marker.clusterId, 80)}, the store holds ${printable(clusterId, 80)}`);
  }
  const recordedIndex = state.recordedRestores.get(marker.importedAt);
  const index = recordedIndex ?? String(snapshot?.index ?? 'none');
  if (String(marker.snapshotIndex) === index) return { marker, recorded: recordedIndex !== undefined };
  throw mismatch(`it names snapshot index ${marker.snapshotIndex}, the store begins with ${printable(index, 20)}`);
}

function mismatch(reason: string): JacoError {
  return new JacoError(
    'marker_mismatch',
    `the restore marker does not belong to the raft store beside it: ${reason}.`,
    {
      remedies: [advice('Restore again into a fresh data directory.')],
    },
  );
}
