import { JacoError } from '../../domain/errors.js';
import { printable } from '../../domain/printable-text.js';
import { readSmallFile, writeNewFile } from '../filesystem/file-operations.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { namingFailures } from '../filesystem/named-failures.js';
import { type CertifiedKey, signNodeCertificate } from '../identity/certificate-authority.js';
import { nodeIdentityPaths } from '../identity/node-identity-files.js';

/** Larger than any PEM file of one certificate or key, in bytes. */
const pemLimitBytes = 64 * 1024;

/**
 * The node's certificate and key: those that lie in the data directory, or new ones signed by the cluster's CA, which
 * are then left there, with ca.crt. What is there is never overwritten.
 * @throws store_damaged  the state holds no CA that could sign
 * @throws permission_denied, storage_failed
 */
export async function loadOrCreateNodeIdentity(
  fileSystem: FileSystem,
  dataDirectory: string,
  name: string,
  hosts: readonly string[],
  authority: CertifiedKey,
  nowMs: number,
): Promise<CertifiedKey> {
  const files = namingFailures(fileSystem);
  const paths = nodeIdentityPaths(dataDirectory, name);
  if ((await files.status(paths.directory)) === undefined) await files.createDirectory(paths.directory, 0o700);
  if ((await files.status(paths.authority)) === undefined) {
    await writeNewFile(files, paths.authority, Buffer.from(authority.certificate), undefined);
  }
  if ((await files.status(paths.certificate)) === undefined || (await files.status(paths.key)) === undefined) {
    const signed = await sign(authority, name, hosts, nowMs);
    for (const path of [paths.key, paths.certificate]) {
      if ((await files.linkStatus(path)) !== undefined) await files.removeFile(path);
    }
    await writeNewFile(files, paths.key, Buffer.from(signed.key), undefined);
    await writeNewFile(files, paths.certificate, Buffer.from(signed.certificate), undefined);
    await files.syncDirectory(paths.directory);
  }
  return { certificate: await readText(files, paths.certificate), key: await readText(files, paths.key) };
}

async function sign(
  authority: CertifiedKey,
  name: string,
  hosts: readonly string[],
  nowMs: number,
): Promise<CertifiedKey> {
  try {
    return await signNodeCertificate(authority, name, hosts, nowMs);
  } catch (error) {
    throw new JacoError('store_damaged', 'the state of the cluster holds no CA that could sign a node certificate.', {
      nextStep: 'Run the sandbox without --listen.',
      cause: error,
    });
  }
}

async function readText(files: FileSystem, path: string): Promise<string> {
  const bytes = await readSmallFile(files, path, pemLimitBytes);
  if (bytes !== undefined) return new TextDecoder().decode(bytes);
  throw new JacoError('storage_failed', `cannot use ${printable(path, 4096)}: it is not a certificate or key.`, {
    nextStep: 'Move it away, then try again.',
  });
}
