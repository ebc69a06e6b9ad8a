import { JacoError } from '../errors.js';
import { advice, giveParameter } from '../remedy.js';
import { printable } from './printable-text.js';

/**
 * A version as JACO writes it: semantic versioning 2.0 with an optional leading "v" ("0.0.1-dev", "v0.3.9"), or a
 * development build without a number ("dev", or empty in archives of daemons that were built without a stamp).
 */
export type JacoVersion =
  | { readonly kind: 'development'; readonly text: string }
  | {
      readonly kind: 'release';
      readonly text: string;
      readonly major: bigint;
      readonly minor: bigint;
      readonly patch: bigint;
      /** The dot-separated identifiers after "-"; empty for a final release. */
      readonly preRelease: readonly string[];
    };

/** Whether an archive may be restored, and the rule that decided. */
export type Compatibility =
  | { readonly kind: 'compatible'; readonly rule: string }
  | { readonly kind: 'compatible-with-warning'; readonly rule: string; readonly warning: string }
  | { readonly kind: 'incompatible'; readonly rule: string };

const number = '(0|[1-9][0-9]*)';
const identifiers = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const pattern = new RegExp(`^v?${number}\\.${number}\\.${number}(?:-(${identifiers}))?(?:\\+${identifiers})?$`);

/**
 * Reads a version. `origin` says where it came from, for the error.
 * @throws version_incompatible  the text is neither a version nor a development build
 */
export function parseJacoVersion(text: string, origin: string): JacoVersion {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed === 'dev') return { kind: 'development', text: trimmed };
  const match = pattern.exec(trimmed);
  if (match === null || trimmed.length > 256) {
    throw new JacoError(
      'version_incompatible',
      `${origin} is "${printable(trimmed, 60)}", which is not a version like v0.3.9, so whether the two fit cannot be judged.`,
      { remedies: [giveParameter('daemonVersion'), advice('Take the backup again.')] },
    );
  }
  return {
    kind: 'release',
    text: trimmed,
    major: BigInt(match[1] as string),
    minor: BigInt(match[2] as string),
    patch: BigInt(match[3] as string),
    preRelease: match[4] === undefined ? [] : match[4].split('.'),
  };
}

/**
 * Orders two releases: negative when `a` is older, zero when equal in precedence, positive when newer.
 * Build metadata does not count (semantic versioning 2.0, section 11).
 */
export function compareReleases(
  a: JacoVersion & { readonly kind: 'release' },
  b: JacoVersion & { readonly kind: 'release' },
): number {
  for (const part of ['major', 'minor', 'patch'] as const) {
    if (a[part] !== b[part]) return a[part] < b[part] ? -1 : 1;
  }
  if (a.preRelease.length === 0 || b.preRelease.length === 0) return b.preRelease.length - a.preRelease.length;
  const shared = Math.min(a.preRelease.length, b.preRelease.length);
  for (let position = 0; position < shared; position++) {
    const order = compareIdentifiers(a.preRelease[position] as string, b.preRelease[position] as string);
    if (order !== 0) return order;
  }
  return a.preRelease.length - b.preRelease.length;
}

/**
 * Whether an archive taken by `archive` may be restored on a daemon of version `daemon`.
 * Snapshots are compatible within one major version; across majors the encoding of the state may differ. Within a
 * major, an older daemon may not know what a newer one stored, and a development build cannot be compared: both
 * are allowed with a warning.
 */
export function judgeCompatibility(archive: JacoVersion, daemon: JacoVersion): Compatibility {
  if (archive.kind === 'development' || daemon.kind === 'development') {
    const unknown = archive.kind === 'development' ? 'the archive' : 'the daemon';
    return {
      kind: 'compatible-with-warning',
      rule: 'development builds carry no version and are accepted',
      warning: `${unknown} is a development build without a version, so compatibility could not be checked`,
    };
  }
  if (archive.major !== daemon.major) {
    return {
      kind: 'incompatible',
      rule: `major versions differ: the archive has ${archive.major}, the daemon ${daemon.major}`,
    };
  }
  const rule = `same major version (${archive.major})`;
  if (compareReleases(daemon, archive) < 0) {
    return {
      kind: 'compatible-with-warning',
      rule,
      warning: `the daemon (${daemon.text}) is older than the one that took the backup (${archive.text}): what it does not know, it may drop`,
    };
  }
  return { kind: 'compatible', rule };
}

function compareIdentifiers(a: string, b: string): number {
  const aNumeric = /^[0-9]+$/.test(a);
  const bNumeric = /^[0-9]+$/.test(b);
  if (aNumeric && bNumeric) return BigInt(a) === BigInt(b) ? 0 : BigInt(a) < BigInt(b) ? -1 : 1;
  if (aNumeric !== bNumeric) return aNumeric ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}
