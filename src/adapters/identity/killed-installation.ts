import type { LeftBehind } from '../../domain/errors.js';
import { dataDirectoryNames, unfinishedNodeFile } from '../../domain/values/data-directory-layout.js';
import { clearAway, reasonOf, settleRemoval } from '../filesystem/clearing.js';
import { readSmallFile, removeTree } from '../filesystem/file-operations.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { readRecord } from './installation-record.js';

/** The suffix of a private key's name. */
const keySuffix = '.key';

/** Larger than any certificate or key, in bytes. */
const fileLimitBytes = 64 * 1024;

/**
 * The paths of an identity and of its record. Restore first records what it is about to install, and keeps the record
 * until the store is committed. If a file in `node` matches a record by name and content, an interrupted restore put it
 * there, and the next restore removes it.
 */
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
    node: `${dataDirectory}/${dataDirectoryNames.node}`,
    record: `${dataDirectory}/${dataDirectoryNames.nodeRecord}`,
  };
}

/** Loads cryptography, which a restore needs only if it has an identity to make or to undo. */
export const loadDigest = () => import('./file-digest.js');

/** What an interrupted restore has left in `node`. */
export interface Leftovers {
  /** Whether there is a record, from which the rest is read. */
  readonly recorded: boolean;
  /** Whether it had to create `node` itself. */
  readonly makesDirectory: boolean;
  /** Names of the files that it installed and that have not changed since. */
  readonly installed: readonly string[];
  /** The names of everything to remove, in order. */
  readonly removable: readonly string[];
}

/** Finds what an interrupted restore has left; changes nothing. */
export async function findLeftovers({ files, node, record }: InstallationPlace): Promise<Leftovers> {
  if ((await files.linkStatus(record)) === undefined) {
    return { recorded: false, makesDirectory: false, installed: [], removable: [] };
  }
  const { makesDirectory, files: recorded } = await readRecord(files, record);
  const { digestOf } = await loadDigest();
  const installed: string[] = [];
  const removable: string[] = [];
  for (const { name, digest } of recorded) {
    const part = `${name}${unfinishedNodeFile}`;
    if ((await files.linkStatus(`${node}/${part}`)) !== undefined) removable.push(part);
    const there = await readFile(files, `${node}/${name}`);
    if (there === undefined || digestOf(there) !== digest) continue;
    installed.push(name);
    removable.push(name);
  }
  return { recorded: true, makesDirectory, installed, removable };
}

/** Removes what an interrupted restore has installed, and then its record. */
export async function clearLeftovers(place: InstallationPlace): Promise<void> {
  const { files, dataDirectory, node, record } = place;
  const { recorded, makesDirectory, removable } = await findLeftovers(place);
  if (!recorded) return;
  for (const name of removable) await files.removeFile(`${node}/${name}`);
  // The removal must be durable first: without the record the files could not be told from the operator's.
  if (makesDirectory && (await isEmptyDirectory(files, node))) {
    await files.removeDirectory(node);
    await files.syncDirectory(dataDirectory);
  } else if (removable.length > 0) {
    await files.syncDirectory(node);
  }
  await removeTree(files, record);
}

/**
 * Removes what this restore has installed, like {@link clearLeftovers}, but as far as possible; returns what stays. If
 * something stays, so does the record, with which the next restore removes it. If the record cannot be read, everything
 * in `made` stays. Never fails.
 */
export async function withdrawInstallation(
  place: InstallationPlace,
  made: ReadonlySet<string>,
): Promise<readonly LeftBehind[]> {
  const { files, node, record } = place;
  let found: Leftovers;
  try {
    found = await findLeftovers(place);
  } catch (error) {
    const reason = reasonOf(error, `read ${record}`);
    return [...made, record].map((path) => ({ path, state: 'there', secret: path.includes(keySuffix), reason }));
  }
  if (!found.recorded) return [];
  const paths = found.removable.map((name) => ({ path: `${node}/${name}`, secret: name.includes(keySuffix) }));
  const left: LeftBehind[] = [];
  for (const { path, secret } of paths) left.push(...(await clearAway(files, path, secret)));
  const removed = paths.filter(({ path }) => !left.some((stays) => stays.path === path));
  left.push(...(await settleNode(place, found.makesDirectory, removed)));
  if (left.length === 0) return clearAway(files, record, false);
  const reason = 'It names what stays in node, for the next restore to take away.';
  return [...left, { path: record, state: 'there', secret: false, reason }];
}

/** Makes the removal of the files durable, and removes `node` too if the restore had created it. */
async function settleNode(
  { files, dataDirectory, node }: InstallationPlace,
  makesDirectory: boolean,
  removed: readonly Pick<LeftBehind, 'path' | 'secret'>[],
): Promise<readonly LeftBehind[]> {
  try {
    if (makesDirectory && (await isEmptyDirectory(files, node))) {
      await files.removeDirectory(node);
      return settleRemoval(files, dataDirectory, [{ path: node, secret: false }, ...removed]);
    }
  } catch (error) {
    return [{ path: node, state: 'there', secret: false, reason: reasonOf(error, `remove ${node}`) }];
  }
  return removed.length === 0 ? [] : settleRemoval(files, node, removed);
}

async function isEmptyDirectory(files: FileSystem, path: string): Promise<boolean> {
  return (await files.status(path)) !== undefined && (await files.list(path)).length === 0;
}

/** The content of a plain file; undefined if there is something else, or nothing. */
async function readFile(files: FileSystem, path: string): Promise<Uint8Array | undefined> {
  if ((await files.linkStatus(path))?.kind !== 'file') return undefined;
  return (await readSmallFile(files, path, fileLimitBytes)) ?? new Uint8Array(0);
}
