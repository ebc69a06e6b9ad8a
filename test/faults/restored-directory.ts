import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readSmallFile } from '../../src/adapters/filesystem/file-operations.js';
import type { FileSystem } from '../../src/adapters/filesystem/file-system.js';
import type { FileOwner } from '../../src/domain/restore/raft-store-seed.js';
import { ensure, requireRestoredStore } from './restored-store.js';
import type { SecretCluster } from './secret-cluster.js';

/** Under which name and address these directories are restored. */
export const restoredNode = { name: 'node-1', address: '10.0.0.5:7001' } as const;

/** What a finished restore leaves in a data directory that was empty. */
export const restoredNames: readonly string[] = ['node', 'raft', 'restore.txt'];

/** What a killed one may leave in addition. */
const leftoverNames: readonly string[] = ['node.restoring', 'raft.restoring', 'restore.txt.part'];

/** Whether a killed process may have left it at any point: the socket of its lock, which no longer locks anything. */
export const isLock = (name: string): boolean => /^\.{1,2}jaco-lock-/.test(name);

/** For which archive, and where, a data directory is judged. */
export interface JudgedDirectory {
  readonly files: FileSystem;
  readonly dataDirectory: string;
  readonly cluster: SecretCluster;
  /** Names of existing entries that are unrelated to a restore. */
  readonly others?: readonly string[];
}

/**
 * Looks at a data directory as a daemon does at boot: without log.db it is uninitialized, and may hold what the next
 * restore clears; with it, store, marker and the node's identity must be there, whole, and the data directory's owner's.
 * @throws Error with the reason, when it is neither
 */
export async function judgeDataDirectory(judged: JudgedDirectory): Promise<'uninitialized' | 'restored'> {
  const { files, dataDirectory, cluster, others = [] } = judged;
  const names = await namesIn(judged);
  const known = [...restoredNames, ...leftoverNames, ...others];
  const [foreign] = names.filter((name) => !known.includes(name) && !isLock(name));
  ensure(foreign === undefined, `nobody expects ${foreign} there`);
  if ((await files.linkStatus(`${dataDirectory}/raft/log.db`).catch(() => undefined)) === undefined) {
    return 'uninitialized';
  }
  await requireRestoredStore(files, {
    dataDirectory,
    metadata: cluster.metadata,
    access: cluster.access,
    snapshotSha256: cluster.snapshotSha256,
    voter: `${restoredNode.name} ${restoredNode.address}`,
  });
  await requireIdentity(judged);
  const owner = (await files.status(dataDirectory))?.owner as FileOwner;
  for (const name of restoredNames) await requireAccess(files, `${dataDirectory}/${name}`, owner);
  return 'restored';
}

/** Throws if there is anything but the earlier entries and those of a restore. */
export async function requireNoLeftovers(judged: JudgedDirectory): Promise<void> {
  const [leftover] = (await namesIn(judged)).filter((name) => leftoverNames.includes(name));
  ensure(leftover === undefined, `${leftover} was left`);
  if (!(await namesIn(judged)).includes('node')) return;
  const { name } = restoredNode;
  const identity = ['ca.crt', `${name}.crt`, `${name}.key`];
  const found = await judged.files.list(`${judged.dataDirectory}/node`);
  ensure(found.toSorted().join() === identity.join(), `node/ holds ${found.join()}`);
}

async function namesIn({ files, dataDirectory }: JudgedDirectory): Promise<readonly string[]> {
  return (await files.status(dataDirectory)) === undefined ? [] : files.list(dataDirectory);
}

async function requireIdentity({ files, dataDirectory, cluster }: JudgedDirectory): Promise<void> {
  const { authority } = cluster;
  const read = async (name: string) => {
    const path = `${dataDirectory}/node/${name}`;
    ensure((await files.linkStatus(path)) !== undefined, `there is a store, and node/${name} is missing`);
    return new TextDecoder().decode(await readSmallFile(files, path, 10_000));
  };
  ensure((await read('ca.crt')) === authority.certificate, 'ca.crt is another one');
  const [certificate, key] = [await read(`${restoredNode.name}.crt`), await read(`${restoredNode.name}.key`)];
  ensure(certificate !== '' && key !== '', 'the certificate or its key is empty');
  const signed = new X509Certificate(certificate);
  ensure(signed.verify(new X509Certificate(authority.certificate).publicKey), 'the certificate is not signed');
  ensure(signed.checkPrivateKey(createPrivateKey(key)), 'the key is not that of the certificate');
}

/** Directories 0700 and files 0600, certificates 0644; all of it the owner's. */
async function requireAccess(files: FileSystem, path: string, owner: FileOwner): Promise<void> {
  const status = await files.linkStatus(path);
  if (status === undefined) throw new Error(`${path} is missing`);
  const mode = path.endsWith('.crt') ? 0o644 : status.kind === 'directory' ? 0o700 : 0o600;
  ensure(status.mode === mode, `${path} has mode ${status.mode.toString(8)}`);
  const { uid, gid } = status.owner;
  ensure(uid === owner.uid && gid === owner.gid, `${path} belongs to ${uid}:${gid}`);
  if (status.kind !== 'directory') return;
  for (const name of await files.list(path)) await requireAccess(files, `${path}/${name}`, owner);
}
