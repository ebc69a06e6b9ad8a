import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readSmallFile } from '../../src/adapters/filesystem/file-operations.js';
import type { FileSystem } from '../../src/adapters/filesystem/file-system.js';
import type { ClusterAuthority } from '../../src/domain/archive/snapshot-findings.js';
import { dataDirectory } from './restore-under-test.js';

const directory = `${dataDirectory}/node`;

/** Throws, with the reason, unless the node called `name` has the CA's certificate and a pair that the CA has signed. */
export async function requireIdentity(files: FileSystem, authority: ClusterAuthority, name: string): Promise<void> {
  const [ca, certificate, key] = await Promise.all([
    read(files, `${directory}/ca.crt`),
    read(files, `${directory}/${name}.crt`),
    read(files, `${directory}/${name}.key`),
  ]);
  if (ca !== authority.certificate) throw new Error(`node/ca.crt is another one than the archive's: ${ca}`);
  const identity = [name, ca, certificate, key].join();
  if (!fitting.has(identity)) requireFitting(ca, certificate, key, name);
  fitting.add(identity);
}

/** Identities that have been checked: most disks hold one of a few. */
const fitting = new Set<string>();

function requireFitting(ca: string, certificate: string, key: string, name: string): void {
  const parsed = new X509Certificate(certificate);
  if (!parsed.verify(new X509Certificate(ca).publicKey)) throw new Error('node/ca.crt did not sign the certificate');
  if (!parsed.checkPrivateKey(createPrivateKey(key))) throw new Error('the key is not that of the certificate');
  if (parsed.checkHost(name) === undefined) throw new Error(`the certificate is not for ${name}`);
}

/** The lines of an identity in the description of a disk, each up to its owner. */
export function identityTree(name: string, owner: string): readonly string[] {
  return [
    `${directory} directory 700 ${owner}`,
    `${directory}/ca.crt file 644 ${owner}`,
    `${directory}/${name}.crt file 644 ${owner}`,
    `${directory}/${name}.key file 600 ${owner}`,
    // A crash right after the commit leaves the record that was written for the case of one before it.
    `${dataDirectory}/node.restoring file 600 ${owner}`,
  ];
}

async function read(files: FileSystem, path: string): Promise<string> {
  if ((await files.linkStatus(path)) === undefined) throw new Error(`there is a store and no ${path}`);
  return new TextDecoder().decode(await readSmallFile(files, path, 10_000));
}
