import { createPrivateKey, X509Certificate } from 'node:crypto';
import { JacoError } from '../../domain/errors.js';
import { advice, type Remedy } from '../../domain/remedy.js';
import { printable } from '../../domain/values/printable-text.js';
import { readSmallFile, writeNewFile } from '../filesystem/file-operations.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { namingFailures } from '../filesystem/named-failures.js';
import type { CertifiedKey } from '../identity/certificate-authority.js';
import { nodeIdentityPaths } from '../identity/node-identity-files.js';
import { issueNodeIdentity } from '../identity/node-identity-issuer.js';

const withoutTls: Remedy = { kind: 'omit-parameter', parameter: 'listenAddress' };

/** Larger than any PEM file of one certificate or key, in bytes. */
const pemLimitBytes = 64 * 1024;

/**
 * The node's certificate and key: those in the data directory, or new ones signed by the cluster's CA, which it then
 * stores there, with ca.crt, for the owner of the directory. Never overwrites existing files.
 * @throws store_damaged    the state holds no CA that could sign
 * @throws request_invalid  the existing files are of another cluster, or do not belong together
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
  const owner = (await files.status(dataDirectory))?.owner;
  const write = (path: string, text: string) => writeNewFile(files, path, Buffer.from(text), owner);
  if ((await files.status(paths.directory)) === undefined) {
    await files.createDirectory(paths.directory, 0o700);
    if (owner !== undefined) await files.changeOwner(paths.directory, owner);
  }
  if ((await files.status(paths.authority)) === undefined) await write(paths.authority, authority.certificate);
  if ((await files.status(paths.certificate)) === undefined || (await files.status(paths.key)) === undefined) {
    const signed = await issue(authority, name, hosts, nowMs);
    for (const path of [paths.key, paths.certificate]) {
      if ((await files.linkStatus(path)) !== undefined) await files.removeFile(path);
    }
    await write(paths.key, signed.key);
    await write(paths.certificate, signed.certificate);
    await files.syncDirectory(paths.directory);
  }
  const identity = { certificate: await readText(files, paths.certificate), key: await readText(files, paths.key) };
  if ((await readText(files, paths.authority)).trim() !== authority.certificate.trim()) {
    throw unusable(paths.authority, 'it is not the CA certificate of this cluster');
  }
  refuseForeign(identity, authority, paths);
  return identity;
}

/** No client would trust a server with such an identity, and the TLS library's own error would be unclear. */
function refuseForeign(
  { certificate, key }: CertifiedKey,
  authority: CertifiedKey,
  paths: ReturnType<typeof nodeIdentityPaths>,
): void {
  const parsed = parse(paths.certificate, () => new X509Certificate(certificate));
  const parsedKey = parse(paths.key, () => createPrivateKey(key));
  if (!parsed.checkPrivateKey(parsedKey)) throw unusable(paths.key, `it is not the key of ${parsed.subject}`);
  const signer = parse(paths.authority, () => new X509Certificate(authority.certificate));
  if (!parsed.verify(signer.publicKey)) {
    throw unusable(paths.certificate, 'it is not signed by the CA of this cluster');
  }
}

function parse<Parsed>(path: string, read: () => Parsed): Parsed {
  try {
    return read();
  } catch {
    // The library's error could quote the key.
    throw unusable(path, 'it is not a certificate or key');
  }
}

function unusable(path: string, reason: string): JacoError {
  return new JacoError('request_invalid', `cannot serve TLS with ${printable(path, 4096)}: ${printable(reason)}.`, {
    remedies: [advice('Move it away, so that a new one is made.'), withoutTls],
  });
}

async function issue(
  authority: CertifiedKey,
  name: string,
  hosts: readonly string[],
  nowMs: number,
): Promise<CertifiedKey> {
  const issued = await issueNodeIdentity(authority, name, hosts, nowMs);
  if (issued.kind === 'issued') return issued.identity;
  throw new JacoError('store_damaged', `no node certificate can be made: ${issued.reason}.`, {
    remedies: [withoutTls],
  });
}

async function readText(files: FileSystem, path: string): Promise<string> {
  const bytes = await readSmallFile(files, path, pemLimitBytes);
  if (bytes !== undefined) return new TextDecoder().decode(bytes);
  throw unusable(path, 'it is not a certificate or key');
}
