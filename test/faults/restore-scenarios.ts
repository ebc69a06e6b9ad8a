import { type DiskImage, type Planted, plantDisk } from './disk-image.js';
import { archivePath, archiveToRestore, dataDirectory } from './restore-under-test.js';

/** A disk into which the small archive is restored. */
export interface RestoreScenario {
  readonly name: string;
  readonly start: DiskImage;
  /** Paths that a restore, failed or not, may take away. */
  readonly leftovers: readonly string[];
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

export const restoreScenarios: readonly RestoreScenario[] = [
  { name: 'restore into an empty directory', start: plantDisk([archive, existing]), leftovers: [] },
  { name: 'restore into a missing directory', start: plantDisk([archive]), leftovers: [] },
  {
    name: 'restore after a killed one',
    start: plantDisk([archive, existing, certificate, ...halfRestored]),
    leftovers: pathsOf(halfRestored),
  },
  {
    name: 'restore beside a daemon that was never initialised',
    start: plantDisk([archive, existing, certificate, ...neverInitialised]),
    leftovers: pathsOf(neverInitialised),
  },
];
