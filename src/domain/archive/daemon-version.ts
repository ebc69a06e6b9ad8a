import { JacoError } from '../errors.js';
import { advice } from '../remedy.js';
import { type Compatibility, judgeCompatibility, parseJacoVersion } from '../values/jaco-version.js';
import type { SnapshotFacts } from './snapshot-metadata.js';

/** Where the version comes from: the operator, this host's jacod, or this release, which is made for one version. */
export type DaemonVersionSource = 'given' | 'installed' | 'release';

/** A daemon's version and its origin. */
export interface DaemonVersion {
  readonly text: string;
  readonly source: DaemonVersionSource;
}

/** The verdict when the versions are compatible. */
export type Fit = Exclude<Compatibility, { kind: 'incompatible' }>;

/** The daemon version that this release of jaco is made for, used when the host does not report its own. */
export const targetDaemonVersion = 'v0.3.9';

/** The version to judge an archive against: the requested one, else the host's, else the target. */
export function chooseDaemonVersion(asked: string | undefined, installed: string | undefined): DaemonVersion {
  if (asked !== undefined) return { text: asked, source: 'given' };
  if (installed !== undefined) return { text: installed, source: 'installed' };
  return { text: targetDaemonVersion, source: 'release' };
}

const origins: Readonly<Record<DaemonVersionSource, string>> = {
  given: 'as given',
  installed: 'as the installed jacod says',
  release: 'the version that this release is made for',
};

/**
 * The rule by which an archive is compatible with a daemon.
 * @throws version_incompatible  it is not, or one of the two is not a version
 */
export function judgeVersions(metadata: Pick<SnapshotFacts, 'jacoVersion'>, daemonVersion: DaemonVersion): Fit {
  const archive = parseJacoVersion(metadata.jacoVersion, "the archive's jaco_version");
  const daemon = parseJacoVersion(daemonVersion.text, `the daemon's version (${origins[daemonVersion.source]})`);
  const compatibility = judgeCompatibility(archive, daemon);
  if (compatibility.kind !== 'incompatible') return compatibility;
  throw new JacoError(
    'version_incompatible',
    `the archive was taken by jaco ${archive.text}, the daemon here is ${daemon.text} (${origins[daemonVersion.source]}): ${compatibility.rule}.`,
    { remedies: [advice(`Install a daemon of the archive's major version, then restore.`)] },
  );
}
