import { readSmallFile, removeTree } from '../filesystem/file-operations.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { readRecord } from './installation-record.js';
import { nodeDirectoryName } from './node-identity-files.js';

/**
 * What is about to be installed is recorded here first, until the store has been committed: files in `node` that a
 * record names by name and content were put there by a restore that did not end, and the next one takes them away.
 */
const recordName = 'node.restoring';

/** A file is written under its name with this behind it and then renamed, so that no half of one stands under its name. */
export const partSuffix = '.restoring';

/** Larger than any certificate or key, in bytes. */
const fileLimitBytes = 64 * 1024;

/** Where an identity goes, and what tells of it meanwhile; paths. */
export interface InstallationPlace {
  readonly files: FileSystem;
  readonly dataDirectory: string;
  readonly node: string;
  readonly record: string;
}

/** The place of a data directory's identity. */
export function installationPlace(files: FileSystem, dataDirectory: string): InstallationPlace {
  return {
    files,
    dataDirectory,
    node: `${dataDirectory}/${nodeDirectoryName}`,
    record: `${dataDirectory}/${recordName}`,
  };
}

/** Loads cryptography, which a restore without an identity to make or to take back does without. */
export const loadDigest = () => import('./file-digest.js');

/** What a restore that did not end has left in `node`. */
export interface Leftovers {
  /** Whether there is a record, of which the rest is read. */
  readonly recorded: boolean;
  /** Whether it had to make `node` itself. */
  readonly makesDirectory: boolean;
  /** Names of the files that it installed and nobody has changed since. */
  readonly installed: readonly string[];
  /** All that is to be removed: names, in their order. */
  readonly removable: readonly string[];
}

/** Finds what a restore that did not end has left; touches nothing. */
export async function findLeftovers({ files, node, record }: InstallationPlace): Promise<Leftovers> {
  if ((await files.linkStatus(record)) === undefined) {
    return { recorded: false, makesDirectory: false, installed: [], removable: [] };
  }
  const { makesDirectory, files: recorded } = await readRecord(files, record);
  const { digestOf } = await loadDigest();
  const installed: string[] = [];
  const removable: string[] = [];
  for (const { name, digest } of recorded) {
    const part = `${name}${partSuffix}`;
    if ((await files.linkStatus(`${node}/${part}`)) !== undefined) removable.push(part);
    const there = await readFile(files, `${node}/${name}`);
    if (there === undefined || digestOf(there) !== digest) continue;
    installed.push(name);
    removable.push(name);
  }
  return { recorded: true, makesDirectory, installed, removable };
}

/** Takes away what a restore that did not end has installed, and then its record. */
export async function clearLeftovers(place: InstallationPlace): Promise<void> {
  const { files, dataDirectory, node, record } = place;
  const { recorded, makesDirectory, removable } = await findLeftovers(place);
  if (!recorded) return;
  for (const name of removable) await files.removeFile(`${node}/${name}`);
  // What is gone must stay gone: without the record nothing tells it from the operator's own.
  if (makesDirectory && (await isEmptyDirectory(files, node))) {
    await files.removeDirectory(node);
    await files.syncDirectory(dataDirectory);
  } else if (removable.length > 0) {
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
