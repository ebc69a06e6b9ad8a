import { JacoError, leavingBehind } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import { dataDirectoryNames, unfinishedNodeFile } from '../../domain/values/data-directory-layout.js';
import { printable } from '../../domain/values/printable-text.js';
import type { Clock } from '../../ports/clock.js';
import type { NodeIdentityRequest, NodeIdentityWriter, StagedNodeIdentity } from '../../ports/node-identity-writer.js';
import { clearAway } from '../filesystem/clearing.js';
import { writeNewFile } from '../filesystem/file-operations.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { namingFailures } from '../filesystem/named-failures.js';
import { renderRecord } from './installation-record.js';
import {
  clearLeftovers,
  findLeftovers,
  type InstallationPlace,
  installationPlace,
  loadDigest,
  withdrawInstallation,
} from './killed-installation.js';
import { type IdentityFile, makeMissing } from './missing-identity.js';
import type { issueNodeIdentity } from './node-identity-issuer.js';

/** As the daemon creates it (real daemon, point 9). An existing one keeps its mode. */
const directoryMode = 0o700;

/** Calls {@link issueNodeIdentity}, which is loaded only if there is something to sign. */
const issueWhenNeeded: typeof issueNodeIdentity = async (...parameters) =>
  (await import('./node-identity-issuer.js')).issueNodeIdentity(...parameters);

/** Writes identities as files below `node` in the data directory. */
export function createNodeIdentityWriter(
  fileSystem: FileSystem,
  clock: Clock,
  issue: typeof issueNodeIdentity = issueWhenNeeded,
): NodeIdentityWriter {
  const files = namingFailures(fileSystem);
  const how = () => ({ issue, nowMs: clock.nowMs() });
  return {
    async preview(request) {
      const place = installationPlace(files, request.dataDirectory);
      const { installed } = await findLeftovers(place);
      const missing = await makeMissing(files, place.node, request, how(), new Set(installed));
      return { files: missing.files.map(pathInData), warnings: missing.warnings };
    },
    async stage(request) {
      const place = installationPlace(files, request.dataDirectory);
      await clearLeftovers(place);
      const { files: missing, warnings } = await makeMissing(files, place.node, request, how());
      if (missing.length === 0) return nothingStaged(warnings);
      return stageFiles(place, missing, warnings, request);
    },
  };
}

function pathInData({ name }: IdentityFile): string {
  return `${dataDirectoryNames.node}/${name}`;
}

function nothingStaged(warnings: readonly string[]): StagedNodeIdentity {
  const nothing = async () => [];
  return { files: [], warnings, install: async () => undefined, finish: nothing, withdraw: nothing };
}

async function stageFiles(
  place: InstallationPlace,
  missing: readonly IdentityFile[],
  warnings: readonly string[],
  { owner }: NodeIdentityRequest,
): Promise<StagedNodeIdentity> {
  const { files, node, record } = place;
  const makesDirectory = (await files.status(node)) === undefined;
  const { digestOf } = await loadDigest();
  const recorded = missing.map(({ name, bytes }) => ({ name, digest: digestOf(bytes) }));
  try {
    // Its entry becomes durable with the other entries of the data directory before anything is installed.
    const text = renderRecord({ makesDirectory, files: recorded });
    await writeNewFile(files, record, new TextEncoder().encode(text), owner);
  } catch (error) {
    throw leavingBehind(error, await clearAway(files, record, false));
  }
  const made = new Set<string>();
  return {
    files: missing.map(pathInData),
    warnings,
    install: () => install(place, makesDirectory, missing, owner, made),
    // If a crash brings it back, that does no harm: no restore goes where a store is.
    finish: () => clearAway(files, record, false),
    withdraw: () => withdrawInstallation(place, made),
  };
}

/** Adds each path that it creates to `made`. */
async function install(
  { files, dataDirectory, node }: InstallationPlace,
  makesDirectory: boolean,
  missing: readonly IdentityFile[],
  owner: NodeIdentityRequest['owner'],
  made: Set<string>,
): Promise<void> {
  if (makesDirectory) {
    await files.createDirectory(node, directoryMode);
    made.add(node);
    if (owner !== undefined) await files.changeOwner(node, owner);
    // Syncs the new directory's entry: the store's entry could become durable first, and the store would boot without
    // an identity.
    await files.syncDirectory(dataDirectory);
  }
  for (const { name, bytes, mode } of missing) {
    const [path, part] = [`${node}/${name}`, `${node}/${name}${unfinishedNodeFile}`];
    made.add(part);
    await writeNewFile(files, part, bytes, owner, mode);
    // The file was missing when this restore began; it is not known who created it since.
    if ((await files.linkStatus(path)) !== undefined) throw appeared(path);
    await files.rename(part, path);
    made.delete(part);
    made.add(path);
  }
  await files.syncDirectory(node);
}

function appeared(path: string): JacoError {
  return new JacoError('storage_failed', `cannot create ${printable(path, 4096)}: it already exists.`, {
    remedies: [advice('Let nothing else write there, then try again.')],
    details: { errno: 'EEXIST' },
  });
}
