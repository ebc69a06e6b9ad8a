import type { FileSystem } from '../../src/adapters/filesystem/file-system.js';
import { createCertificateAuthority } from '../../src/adapters/identity/certificate-authority.js';
import { digestOf } from '../../src/adapters/identity/file-digest.js';
import { renderRecord } from '../../src/adapters/identity/installation-record.js';
import type { Keyring } from '../../src/adapters/seal/keyring.js';
import { keyringOf } from '../builders/keyrings.js';
import { type DiskImage, type Planted, plantDisk } from './disk-image.js';
import {
  archivePath,
  archiveToRestore,
  dataDirectory,
  nodeName,
  type RestoreSettings,
  restore,
} from './restore-under-test.js';
import { type SmallArchive, smallArchive } from './small-archive.js';

/** A disk into which a small archive is restored. */
export interface RestoreScenario {
  readonly name: string;
  readonly start: DiskImage;
  /** Paths that a restore, failed or not, may remove. */
  readonly leftovers: readonly string[];
  /** The archive at {@link archivePath}. */
  readonly archive: SmallArchive;
  /**
   * What is restored next after a crash has undone the restore: another cluster under another name, with an identity.
   */
  readonly next: { readonly archive: SmallArchive; readonly name: string };
  /** The keyring at hand, under which the store is sealed; left out, it is plain. */
  readonly ring?: Keyring;
  /** How many states of one crash point are made at most (crash-states.ts); left out, all that can be. */
  readonly stateLimit?: number;
}

const daemon = { uid: 996, gid: 994 };
const archive: Planted = { path: archivePath, bytes: archiveToRestore.bytes };
const existing: Planted = { path: dataDirectory, mode: 0o750, owner: daemon };
const certificate: Planted = {
  path: `${dataDirectory}/node/ca.crt`,
  bytes: Buffer.from('certificate'),
  mode: 0o644,
  owner: daemon,
};

const staging = `${dataDirectory}/raft.restoring`;
const halfRestored: readonly Planted[] = [
  { path: staging, mode: 0o700, owner: daemon },
  { path: `${staging}/snapshots`, mode: 0o700, owner: daemon },
  { path: `${staging}/snapshots/6-900-1.tmp`, mode: 0o700 },
  { path: `${staging}/snapshots/6-900-1.tmp/state.bin`, bytes: Buffer.alloc(5000, 'half') },
  { path: `${staging}/log.db`, bytes: Buffer.alloc(16_384) },
  { path: `${dataDirectory}/restore.txt.part`, bytes: Buffer.from('cluster_id=') },
  { path: `${dataDirectory}/restore.txt`, bytes: Buffer.from('cluster_id=other\n'), owner: daemon },
];
const neverInitialised: readonly Planted[] = [
  { path: `${dataDirectory}/raft`, mode: 0o700, owner: daemon },
  { path: `${dataDirectory}/raft/snapshots`, mode: 0o700, owner: daemon },
];

const pathsOf = (planted: readonly Planted[]) => planted.map(({ path }) => path);

const again = { archive: archiveToRestore, next: { archive: archiveToRestore, name: nodeName } } as const;

const withAuthority = async (seed: number) =>
  smallArchive(seed, await createCertificateAuthority(`CA of cluster ${seed}`, Date.UTC(2026, 0, 1)));
const [ours, others] = [await withAuthority(1), await withAuthority(2)];
const withIdentity = { archive: ours, next: { archive: others, name: 'other' }, stateLimit: 32 } as const;
const archiveWithAuthority: Planted = { path: archivePath, bytes: ours.bytes };

const node = `${dataDirectory}/node`;
const operatorsNode: readonly Planted[] = [
  { path: node, mode: 0o700, owner: daemon },
  { path: `${node}/notes.txt`, bytes: Buffer.from('mine') },
];

/** What a restore left when it was killed while it installed the identity of a node called "killed". */
function halfInstalled(makesDirectory: boolean): readonly Planted[] {
  const files = ['ca.crt', 'killed.crt', 'killed.key'].map((name) => ({ name, bytes: Buffer.from(`whole ${name}`) }));
  const record = renderRecord({
    makesDirectory,
    files: files.map(({ name, bytes }) => ({ name, digest: digestOf(bytes) })),
  });
  const installed = files.slice(0, 2).map(({ name, bytes }) => ({ path: `${node}/${name}`, bytes, mode: 0o644 }));
  return [
    ...installed.map((file) => ({ ...file, owner: daemon })),
    { path: `${node}/killed.key.restoring`, bytes: Buffer.from('who') },
    { path: `${dataDirectory}/node.restoring`, bytes: Buffer.from(record), owner: daemon },
  ];
}

const ring = keyringOf('ring-2');
const sealed = await smallArchive(3, undefined, keyringOf('ring-1'));
const intoSealed = { ring, stateLimit: 256, leftovers: pathsOf(halfRestored) } as const;

export const restoreScenarios: readonly RestoreScenario[] = [
  { name: 'restore into an empty directory', start: plantDisk([archive, existing]), leftovers: [], ...again },
  { name: 'restore into a missing directory', start: plantDisk([archive]), leftovers: [], ...again },
  {
    name: 'restore after a killed one',
    start: plantDisk([archive, existing, certificate, ...halfRestored]),
    leftovers: pathsOf(halfRestored),
    ...again,
  },
  {
    name: 'restore beside a daemon that was never initialised',
    start: plantDisk([archive, existing, certificate, ...neverInitialised]),
    leftovers: pathsOf(neverInitialised),
    ...again,
  },
  {
    name: 'restore with an identity',
    start: plantDisk([archiveWithAuthority, existing]),
    leftovers: [],
    ...withIdentity,
  },
  {
    name: 'restore with an identity after one that was killed, which had made node',
    start: plantDisk([archiveWithAuthority, existing, { path: node }, ...halfInstalled(true)]),
    leftovers: [node, ...pathsOf(halfInstalled(true))],
    ...withIdentity,
  },
  {
    name: "restore with an identity after one that was killed, beside an operator's file",
    start: plantDisk([archiveWithAuthority, existing, ...operatorsNode, ...halfInstalled(false)]),
    leftovers: pathsOf(halfInstalled(false)),
    ...withIdentity,
  },
  {
    name: 'restore of a sealed archive, under another ring, after a killed one',
    start: plantDisk([{ path: archivePath, bytes: sealed.bytes }, existing, certificate, ...halfRestored]),
    archive: sealed,
    next: { archive: sealed, name: nodeName },
    ...intoSealed,
  },
  {
    name: 'restore of a plain archive into a sealed store, after a killed one',
    start: plantDisk([archive, existing, certificate, ...halfRestored]),
    ...again,
    ...intoSealed,
  },
];

/** The restore of a scenario, with the keyring at hand there. */
export function restoreOf({ ring }: RestoreScenario) {
  return (fileSystem: FileSystem, settings: RestoreSettings) => restore(fileSystem, { ring, ...settings });
}
