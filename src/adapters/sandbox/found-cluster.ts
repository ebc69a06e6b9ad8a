import { join } from 'node:path';
import { Readable } from 'node:stream';
import { JacoError, leavingBehind } from '../../domain/errors.js';
import { markerFileName } from '../../domain/restore/marker.js';
import { undoAll } from '../../domain/restore/undo-all.js';
import { dataDirectoryNames, logStorePath, raftDirectoryNames } from '../../domain/values/data-directory-layout.js';
import { printable } from '../../domain/values/printable-text.js';
import type { Clock } from '../../ports/clock.js';
import type { CommitOutcome } from '../../ports/raft-store-initializer.js';
import { encodeFirstCommands } from '../contract/command-encoding.js';
import { clearAway } from '../filesystem/clearing.js';
import type { AcquireLock } from '../filesystem/exclusive-lock.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { namingFailures } from '../filesystem/named-failures.js';
import { replaceFile } from '../filesystem/replace-file.js';
import { damageOf } from '../raft/damaged-store.js';
import { createRaftStoreInitializer } from '../raft/raft-store-initializer.js';
import { plainAccess } from '../raft/store-access.js';
import { createExampleCluster } from './example-cluster.js';
import type { LoadStoreAccess } from './stored-raft.js';

/** The settings for booting a sandbox. */
export interface BootRequest {
  /** Absolute. */
  readonly dataDirectory: string;
  /** The node's name; undefined takes the store's voter, or the host's name for a new cluster. */
  readonly name: string | undefined;
}

/** The machine that a cluster is founded on. */
export interface FoundingMachine {
  readonly fileSystem: FileSystem;
  readonly acquireLock: AcquireLock;
  readonly clock: Clock;
  readonly hostname: string;
}

/** The file with the operator's token of a new example cluster, inside the data directory. */
export const tokenFileName = 'operator-token';

/** Never dialled: the sandbox has no peers. */
const exampleRaftPort = 7001;

/**
 * Founds the example cluster where there is no trace of one, under the keyring if there is one, and returns whether it did.
 * @throws store_damaged, marker_mismatch, keyring_unusable, in_progress, permission_denied, storage_failed
 */
export async function foundClusterUnlessThere(
  request: BootRequest,
  machine: FoundingMachine,
  loadAccess: LoadStoreAccess | undefined,
): Promise<boolean> {
  const { fileSystem, acquireLock, clock, hostname } = machine;
  const { dataDirectory } = request;
  const files = namingFailures(fileSystem);
  const raftDirectory = join(dataDirectory, dataDirectoryNames.raft);
  if ((await files.status(join(dataDirectory, logStorePath))) !== undefined) return false;
  if ((await files.linkStatus(raftDirectory)) !== undefined) {
    throw damageOf(raftDirectory)(`${raftDirectoryNames.logStore} is missing`);
  }
  if ((await files.linkStatus(join(dataDirectory, markerFileName))) !== undefined) {
    throw new JacoError(
      'marker_mismatch',
      `${printable(dataDirectory, 4096)} holds the marker of a restore and no raft store: the restore did not end.`,
      { remedies: [{ kind: 'restore-again' }] },
    );
  }
  const { seal } = (await loadAccess?.()) ?? plainAccess;
  const owner = (await files.status(dataDirectory))?.owner;
  const name = request.name ?? hostname;
  const address = `127.0.0.1:${exampleRaftPort}`;
  const cluster = await createExampleCluster(name, address, clock.nowMs());
  const staged = await createRaftStoreInitializer(fileSystem, acquireLock, encodeFirstCommands).stage(
    {
      dataDirectory,
      snapshotId: `${cluster.term}-${cluster.index}-${clock.nowMs()}`,
      index: cluster.index,
      term: cluster.term,
      configurationIndex: 1n,
      voter: { id: name, address },
      seal,
      owner,
    },
    Readable.from([cluster.state]),
    () => undefined,
    new AbortController().signal,
  );
  const token = join(dataDirectory, tokenFileName);
  const undo = [() => staged.discard()];
  let committed: CommitOutcome;
  try {
    // Another sandbox may have created its cluster here since the check; then the token there is its own.
    if ((await files.status(join(dataDirectory, logStorePath))) !== undefined) {
      await staged.discard();
      return false;
    }
    undo.unshift(() => clearAway(files, token, true));
    await replaceFile(files, token, Buffer.from(`${cluster.operatorToken}\n`), owner);
    committed = await staged.commit();
  } catch (error) {
    throw await undoAll(error, undo);
  }
  if (committed.kind === 'in-doubt') {
    const reason = 'The new cluster is complete, and a power cut may take back the rename that put it there.';
    const left = [committed.standsAt, token].map((path) => ({ path, state: 'there', secret: true, reason }) as const);
    throw leavingBehind(committed.failure, left);
  }
  return true;
}
