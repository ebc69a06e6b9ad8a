import { JacoError } from '../../domain/errors.js';
import { printable } from '../../domain/printable-text.js';
import type { Clock } from '../../ports/clock.js';
import type { NodeIdentityRequest, NodeIdentityWriter, StagedNodeIdentity } from '../../ports/node-identity-writer.js';
import { readSmallFile, removeTree, writeNewFile } from '../filesystem/file-operations.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { namingFailures } from '../filesystem/named-failures.js';
import { readRecord, renderRecord } from './installation-record.js';
import { type IdentityFile, makeMissing } from './missing-identity.js';
import { nodeDirectoryName } from './node-identity-files.js';
import type { issueNodeIdentity } from './node-identity-issuer.js';

/**
 * What is about to be installed is recorded here first, until the store has been committed: files in `node` that a
 * record names by name and content were put there by a restore that did not end, and the next one takes them away.
 */
const recordName = 'node.restoring';

/** A file is written under its name with this behind it and then renamed, so that no half of one stands under its name. */
const partSuffix = '.restoring';

/** As the daemon makes it (real daemon, point 9). One that is there keeps its mode. */
const directoryMode = 0o700;

/** Larger than any certificate or key, in bytes. */
const fileLimitBytes = 64 * 1024;

/** Where an identity goes, and what tells of it meanwhile. */
interface Place {
  readonly files: FileSystem;
  readonly dataDirectory: string;
  readonly node: string;
  readonly record: string;
}

/** Issues as {@link issueNodeIdentity} does, which is loaded only where something is signed. */
const issueWhenNeeded: typeof issueNodeIdentity = async (...parameters) =>
  (await import('./node-identity-issuer.js')).issueNodeIdentity(...parameters);

/** Loads cryptography, which a restore without an identity to make or to take back does without. */
const loadDigest = () => import('./file-digest.js');

/** Writes identities as files below `node` in the data directory. */
export function createNodeIdentityWriter(
  fileSystem: FileSystem,
  clock: Clock,
  issue: typeof issueNodeIdentity = issueWhenNeeded,
): NodeIdentityWriter {
  const files = namingFailures(fileSystem);
  return {
    async stage(request) {
      const { dataDirectory } = request;
      const place: Place = {
        files,
        dataDirectory,
        node: `${dataDirectory}/${nodeDirectoryName}`,
        record: `${dataDirectory}/${recordName}`,
      };
      await clearLeftovers(place);
      const { files: missing, warnings } = await makeMissing(files, place.node, request, {
        issue,
        nowMs: clock.nowMs(),
      });
      if (missing.length === 0) return nothingStaged(warnings);
      return stageFiles(place, missing, warnings, request);
    },
  };
}

function nothingStaged(warnings: readonly string[]): StagedNodeIdentity {
  const nothing = async () => undefined;
  return { files: [], warnings, install: nothing, finish: nothing, withdraw: nothing };
}

async function stageFiles(
  place: Place,
  missing: readonly IdentityFile[],
  warnings: readonly string[],
  { owner }: NodeIdentityRequest,
): Promise<StagedNodeIdentity> {
  const { files, node, record } = place;
  const makesDirectory = (await files.status(node)) === undefined;
  const { digestOf } = await loadDigest();
  const recorded = missing.map(({ name, bytes }) => ({ name, digest: digestOf(bytes) }));
  try {
    // Its entry becomes durable with all others of the data directory before anything is installed.
    const text = renderRecord({ makesDirectory, files: recorded });
    await writeNewFile(files, record, new TextEncoder().encode(text), owner);
  } catch (error) {
    await removeTree(files, record).catch(() => undefined);
    throw error;
  }
  return {
    files: missing.map(({ name }) => `${nodeDirectoryName}/${name}`),
    warnings,
    install: () => install(place, makesDirectory, missing, owner),
    // A crash that brings it back does no harm: no restore goes where a store is.
    finish: () => removeTree(files, record).catch(() => undefined),
    withdraw: () => clearLeftovers(place),
  };
}

async function install(
  { files, dataDirectory, node }: Place,
  makesDirectory: boolean,
  missing: readonly IdentityFile[],
  owner: NodeIdentityRequest['owner'],
): Promise<void> {
  if (makesDirectory) {
    await files.createDirectory(node, directoryMode);
    if (owner !== undefined) await files.changeOwner(node, owner);
    // The new directory's entry: the store's could be durable first, and would then boot without an identity.
    await files.syncDirectory(dataDirectory);
  }
  for (const { name, bytes, mode } of missing) {
    const [path, part] = [`${node}/${name}`, `${node}/${name}${partSuffix}`];
    await writeNewFile(files, part, bytes, owner, mode);
    // It was missing when this restore began; whose it is that has come since is not known.
    if ((await files.linkStatus(path)) !== undefined) throw appeared(path);
    await files.rename(part, path);
  }
  await files.syncDirectory(node);
}

function appeared(path: string): JacoError {
  return new JacoError('storage_failed', `cannot create ${printable(path, 4096)}: it already exists.`, {
    nextStep: 'Let nothing else write there, then try again.',
    details: { errno: 'EEXIST' },
  });
}

/** Takes away what a restore that did not end has installed, and then its record. */
async function clearLeftovers({ files, dataDirectory, node, record }: Place): Promise<void> {
  if ((await files.linkStatus(record)) === undefined) return;
  const { makesDirectory, files: recorded } = await readRecord(files, record);
  const { digestOf } = await loadDigest();
  let removed = false;
  const remove = async (path: string) => {
    await files.removeFile(path);
    removed = true;
  };
  for (const { name, digest } of recorded) {
    const [path, part] = [`${node}/${name}`, `${node}/${name}${partSuffix}`];
    if ((await files.linkStatus(part)) !== undefined) await remove(part);
    const there = await readFile(files, path);
    if (there !== undefined && digestOf(there) === digest) await remove(path);
  }
  // What is gone must stay gone: without the record nothing tells it from the operator's own.
  if (makesDirectory && (await isEmptyDirectory(files, node))) {
    await files.removeDirectory(node);
    await files.syncDirectory(dataDirectory);
  } else if (removed) {
    await files.syncDirectory(node);
  }
  await removeTree(files, record);
}

async function isEmptyDirectory(files: FileSystem, path: string): Promise<boolean> {
  return (await files.status(path)) !== undefined && (await files.list(path)).length === 0;
}

/** The content of a plain file; undefined where there is something else, or nothing. */
async function readFile(files: FileSystem, path: string): Promise<Uint8Array | undefined> {
  if ((await files.linkStatus(path))?.kind !== 'file') return undefined;
  return (await readSmallFile(files, path, fileLimitBytes)) ?? new Uint8Array(0);
}
