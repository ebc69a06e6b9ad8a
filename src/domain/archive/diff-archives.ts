import type { ContentDigest } from '../../ports/content-digest.js';
import type { SnapshotVisitor } from '../state/snapshot-content.js';
import { compareStates, type KindDifference } from '../state/state-comparison.js';
import { type ArchiveLocation, locationName } from '../values/archive-location.js';
import { type Warning, warningOf } from '../warning.js';
import { namingArchive } from './archive-naming.js';
import { requireReadable } from './archive-schema.js';
import { type ReadArchive, type ReadingPorts, readArchive, warnOfPadding } from './read-archive.js';
import type { SnapshotFacts } from './snapshot-metadata.js';

/** The ports of a comparison. */
export interface ComparisonPorts extends ReadingPorts {
  readonly digest: ContentDigest;
  /** 16 random bytes, new for each comparison: see {@link compareStates}. */
  readonly salt: Uint8Array;
}

/** Which archives are compared. */
export interface ComparisonWish {
  readonly oldArchive: ArchiveLocation;
  readonly newArchive: ArchiveLocation;
}

/** One of the two archives. */
export interface ComparedArchive {
  readonly archive: ArchiveLocation;
  readonly sizeBytes: number;
  readonly metadata: SnapshotFacts;
  readonly snapshotSizeBytes: number;
}

/** What changed between two archives. */
export interface ArchiveDifference {
  readonly old: ComparedArchive;
  readonly new: ComparedArchive;
  /** Whether both are from one cluster; if not, a comparison says little. */
  readonly sameCluster: boolean;
  /** Every kind of record, changed or not. */
  readonly kinds: readonly KindDifference[];
  readonly warnings: readonly Warning[];
}

/**
 * Reads two archives, each once, and reports what changed from the first to the second: names of nodes, deployments and
 * tokens, counts of everything else. Compares contents by digest, without decoding them.
 * @throws what reading a damaged archive throws, and every refusal of a restore except `version_incompatible`, which is
 * a warning, as backups before and after an upgrade are worth comparing; each names the archive
 */
export async function diffArchives(
  ports: ComparisonPorts,
  { oldArchive, newArchive }: ComparisonWish,
  signal: AbortSignal,
): Promise<ArchiveDifference> {
  const comparison = compareStates(ports.digest, ports.salt);
  const before = await namingArchive(oldArchive, readSound(ports, oldArchive, comparison.visitor('old'), signal));
  const after = await namingArchive(newArchive, readSound(ports, newArchive, comparison.visitor('new'), signal));
  const sameCluster = before.metadata.clusterId === after.metadata.clusterId;
  return {
    old: summaryOf(oldArchive, before),
    new: summaryOf(newArchive, after),
    sameCluster,
    kinds: comparison.differences(),
    warnings: [
      ...(sameCluster ? [] : [warningOf('the two archives are of different clusters')]),
      ...warningsOf(oldArchive, before),
      ...warningsOf(newArchive, after),
    ],
  };
}

/** An archive that a restore would accept, its version aside. */
type SoundArchive = Omit<ReadArchive, 'metadata'> & { readonly metadata: SnapshotFacts };

async function readSound(
  ports: ReadingPorts,
  archive: ArchiveLocation,
  visitor: SnapshotVisitor,
  signal: AbortSignal,
): Promise<SoundArchive> {
  const request = { archive, daemonVersion: undefined, fingerprint: false };
  const read = await readArchive(ports, request, visitor, signal);
  const { state, verdict } = read;
  if (verdict.kind === 'refused' && verdict.refusal.code !== 'version_incompatible') throw verdict.refusal;
  return { ...read, metadata: requireReadable(state.schema).checkMetadata() };
}

function warningsOf(archive: ArchiveLocation, { verdict, file }: SoundArchive): readonly Warning[] {
  const padding = warnOfPadding(archive, file);
  if (verdict.kind === 'accepted') return padding;
  return [
    ...padding,
    warningOf(`${locationName(archive, 'read')} could not be restored here: ${verdict.refusal.message}`),
  ];
}

function summaryOf(archive: ArchiveLocation, { file, metadata, snapshotSizeBytes }: SoundArchive): ComparedArchive {
  return { archive, sizeBytes: file.sizeBytes, metadata, snapshotSizeBytes };
}
