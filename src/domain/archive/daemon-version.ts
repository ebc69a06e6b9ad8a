import { JacoError } from '../errors.js';
import { advice } from '../remedy.js';
import { type Compatibility, compareReleases, judgeCompatibility, parseJacoVersion } from '../values/jaco-version.js';
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

/** The last release of the daemon that boots plain stores. */
const lastWithoutSeal = { kind: 'release', text: 'v0.3.9', major: 0n, minor: 3n, patch: 9n, preRelease: [] } as const;

/**
 * Whether a daemon of that version certainly is one from before sealed state: a release up to the last one without it.
 * Development builds of every age call themselves dev, or 0.0.1-dev. What this release assumes is no sign.
 */
export function sealsNothing({ text, source }: DaemonVersion): boolean {
  if (source === 'release') return false;
  const version = parseJacoVersion(text, originOf(source));
  if (version.kind === 'development' || version.preRelease.includes('dev')) return false;
  return compareReleases(version, lastWithoutSeal) <= 0;
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
  const daemon = parseJacoVersion(daemonVersion.text, originOf(daemonVersion.source));
  const compatibility = judgeCompatibility(archive, daemon);
  if (compatibility.kind !== 'incompatible') return compatibility;
  throw new JacoError(
    'version_incompatible',
    `the archive was taken by jaco ${archive.text}, the daemon here is ${daemon.text} (${origins[daemonVersion.source]}): ${compatibility.rule}.`,
    { remedies: [advice(`Install a daemon of the archive's major version, then restore.`)] },
  );
}

function originOf(source: DaemonVersionSource): string {
  return `the daemon's version (${origins[source]})`;
}
