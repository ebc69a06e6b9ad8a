import type { FileOwner } from '../../domain/raft-store-seed.js';
import type { Clock } from '../../ports/clock.js';
import type { NodeIdentityRequest, NodeIdentityWriter, StagedNodeIdentity } from '../../ports/node-identity-writer.js';
import { readSmallFile, removeTree, storageError, writeNewFile } from '../filesystem/file-operations.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { namingFailures } from '../filesystem/named-failures.js';
import { nodeDirectoryName, nodeIdentityNames } from './node-identity-files.js';

/**
 * Where an identity is staged. It stays until the store has been committed: files in `node` that are the same as one in
 * here were put there by a restore that did not end, and the next one takes them away.
 */
const stagingDirectoryName = 'node.restoring';

/** What a file of `node` is called until it is whole: under its own name, a piece of it would look like an operator's. */
const unfinishedSuffix = '.part';

/** Certificates are for everyone to read, keys for the daemon alone. */
const modes = { certificate: 0o644, key: 0o600, directory: 0o755 } as const;

/** Larger than any certificate or key, in bytes. */
const fileLimitBytes = 64 * 1024;

interface IdentityFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
}

/** Writes identities as files below `node` in the data directory. */
export function createNodeIdentityWriter(fileSystem: FileSystem, clock: Clock): NodeIdentityWriter {
  const files = namingFailures(fileSystem);
  return {
    async stage(request) {
      const { dataDirectory, owner } = request;
      const node = `${dataDirectory}/${nodeDirectoryName}`;
      const staging = `${dataDirectory}/${stagingDirectoryName}`;
      await clearLeftovers(files, node, staging);
      const { missing, warnings } = await makeMissing(files, node, request, clock.nowMs());
      if (missing.length === 0) return nothingStaged(warnings);
      try {
        await writeStaging(files, staging, missing, owner);
        // Its own entry: before a file in `node` can be durable, what tells it from others must be.
        await files.syncDirectory(dataDirectory);
      } catch (error) {
        await removeTree(files, staging).catch(() => undefined);
        throw error;
      }
      return stagedIdentity(files, dataDirectory, missing, warnings, owner);
    },
  };
}

function nothingStaged(warnings: readonly string[]): StagedNodeIdentity {
  const nothing = async () => undefined;
  return { files: [], warnings, install: nothing, finish: nothing, withdraw: nothing };
}

function stagedIdentity(
  files: FileSystem,
  dataDirectory: string,
  missing: readonly IdentityFile[],
  warnings: readonly string[],
  owner: FileOwner | undefined,
): StagedNodeIdentity {
  const node = `${dataDirectory}/${nodeDirectoryName}`;
  const staging = `${dataDirectory}/${stagingDirectoryName}`;
  let created = false;
  return {
    files: missing.map(({ name }) => `${nodeDirectoryName}/${name}`),
    warnings,
    async install() {
      if ((await files.status(node)) === undefined) {
        await files.createDirectory(node, modes.directory);
        created = true;
      }
      // An empty one may be what a killed restore has made, and not yet given away.
      if (owner !== undefined && (await files.list(node)).length === 0) await files.changeOwner(node, owner);
      for (const file of missing) await installFile(files, node, file, owner);
      await files.syncDirectory(node);
      // The entry of `node`, which must be durable before the store is.
      await files.syncDirectory(dataDirectory);
    },
    finish: () => removeTree(files, staging).catch(() => undefined),
    async withdraw() {
      await clearLeftovers(files, node, staging);
      // Unless somebody has put something there.
      if (created) await files.removeDirectory(node).catch(() => undefined);
    },
  };
}

async function writeStaging(
  files: FileSystem,
  staging: string,
  content: readonly IdentityFile[],
  owner: FileOwner | undefined,
): Promise<void> {
  await files.createDirectory(staging, 0o700);
  if (owner !== undefined) await files.changeOwner(staging, owner);
  for (const file of content) await writeNewFile(files, `${staging}/${file.name}`, file.bytes, owner, file.mode);
  await files.syncDirectory(staging);
}

/** Puts a whole file under its name, where none may be. The caller makes the entry durable. */
async function installFile(
  files: FileSystem,
  node: string,
  { name, bytes, mode }: IdentityFile,
  owner: FileOwner | undefined,
): Promise<void> {
  const path = `${node}/${name}`;
  const part = `${path}${unfinishedSuffix}`;
  await writeNewFile(files, part, bytes, owner, mode);
  if ((await files.linkStatus(path)) !== undefined) {
    throw storageError(Object.assign(new Error(`EEXIST: ${path}`), { code: 'EEXIST' }), `create ${path}`);
  }
  await files.rename(part, path);
}

/** Takes away what a restore that did not end has left: what it installed, then what it staged. */
async function clearLeftovers(files: FileSystem, node: string, staging: string): Promise<void> {
  if ((await files.linkStatus(staging)) === undefined) return;
  const staged = await files.list(staging);
  // A certificate without its key, or the reverse, was not yet installed, or was being removed after a restore had
  // ended. Taking only one of them from `node` would leave a node with half an identity.
  const wholePair = staged.filter((name) => name !== nodeIdentityNames('').authority).length !== 1;
  let removed = false;
  for (const name of wholePair ? staged : []) {
    const part = `${node}/${name}${unfinishedSuffix}`;
    if ((await files.linkStatus(part)) !== undefined) await files.removeFile(part);
    const [ours, there] = [await readFile(files, `${staging}/${name}`), await readFile(files, `${node}/${name}`)];
    if (ours === undefined || there === undefined || Buffer.compare(ours, there) !== 0) continue;
    await files.removeFile(`${node}/${name}`);
    removed = true;
  }
  if (removed) {
    // What is gone must stay gone: afterwards nothing tells it from the operator's own files.
    await files.syncDirectory(node);
    // Only where it is empty, as it then was made for nothing else.
    await files.removeDirectory(node).catch(() => undefined);
  }
  await removeTree(files, staging);
}

async function makeMissing(
  files: FileSystem,
  node: string,
  { name, wanted }: NodeIdentityRequest,
  nowMs: number,
): Promise<{ readonly missing: readonly IdentityFile[]; readonly warnings: readonly string[] }> {
  if (wanted === undefined) return { missing: [], warnings: [] };
  const { hosts, authority } = wanted;
  const names = nodeIdentityNames(name);
  const missing: IdentityFile[] = [];
  const warnings: string[] = [];
  const there = await readFile(files, `${node}/${names.authority}`);
  const authorityBytes = Buffer.from(authority.certificate);
  if (there === undefined) missing.push({ name: names.authority, bytes: authorityBytes, mode: modes.certificate });
  else if (authorityBytes.toString().trim() !== Buffer.from(there).toString().trim()) {
    warnings.push(
      `${node}/${names.authority} was kept and is not the CA certificate of the restored cluster: operators and peers will not trust this node until it is replaced`,
    );
  }
  const pair = [await files.linkStatus(`${node}/${names.certificate}`), await files.linkStatus(`${node}/${names.key}`)];
  // A node called ca would have its certificate in the CA's place.
  if (names.certificate === names.authority || pair.some((status) => status !== undefined)) {
    warnings.push(
      `${node}/${names.certificate} and ${names.key} were kept as they are, so this node has no new certificate`,
    );
    return { missing, warnings };
  }
  // Loaded only where something is signed.
  const { signNodeCertificate } = await import('./certificate-authority.js');
  try {
    const signed = await signNodeCertificate(authority, name, hosts, nowMs);
    missing.push({ name: names.certificate, bytes: Buffer.from(signed.certificate), mode: modes.certificate });
    missing.push({ name: names.key, bytes: Buffer.from(signed.key), mode: modes.key });
    return { missing, warnings };
  } catch {
    // The library's error could quote the key.
    const reason = 'the CA key in the snapshot cannot sign: this node has no certificate until the daemon makes one';
    return { missing: [], warnings: [...warnings, reason] };
  }
}

async function readFile(files: FileSystem, path: string): Promise<Uint8Array | undefined> {
  if ((await files.linkStatus(path))?.kind !== 'file') return undefined;
  return (await readSmallFile(files, path, fileLimitBytes)) ?? new Uint8Array(0);
}
