import type { ArchiveFileFacts } from '../../ports/archive-reader.js';
import type { Clock } from '../../ports/clock.js';
import { createRecordNameReader, nameText } from '../state/record-name.js';
import { type SnapshotVisitor, stateFields } from '../state/snapshot-content.js';
import { kindPosition, type StateKind, stateKinds } from '../state/state-kinds.js';
import type { ArchiveLocation } from '../values/archive-location.js';
import { namingFile } from './archive-naming.js';
import { type ArchiveSeal, type ReadingPorts, readArchive } from './read-archive.js';
import type { RestoreVerdict } from './restore-verdict.js';
import { instantOf, type SnapshotMetadata } from './snapshot-metadata.js';

/** The ports of an inspection. */
export interface InspectionPorts extends ReadingPorts {
  readonly clock: Clock;
}

/** The kinds whose records can be listed by name. */
export type ListableKind = 'deployments' | 'nodes';

/** What the operator asked for. */
export interface InspectionWish {
  readonly archive: ArchiveLocation;
  /** The version to judge it against; undefined takes the version that this release is made for. */
  readonly daemonVersion: string | undefined;
  /** The kind whose records are listed by name. */
  readonly list: ListableKind | undefined;
}

/** How much of the state is of one kind. */
export interface KindCount {
  readonly kind: StateKind;
  readonly count: number;
  /** The size of its records in the snapshot. Those of all kinds add up to the size of the state, which a seal makes larger. */
  readonly bytes: number;
}

/** What an archive holds, and whether a restore would accept it. */
export interface Inspection {
  readonly archive: ArchiveLocation;
  readonly file: ArchiveFileFacts;
  readonly metadata: SnapshotMetadata;
  /** How long ago it was taken, in milliseconds, by this host's clock; undefined when it does not say. */
  readonly ageMs: number | undefined;
  readonly snapshotSizeBytes: number;
  /** Every kind, in the order of {@link stateKinds}; undefined where the state cannot be read. */
  readonly kinds: readonly KindCount[] | undefined;
  /** The requested names, in the order of the state; a record without a name has an empty one. */
  readonly names: readonly string[];
  readonly verdict: RestoreVerdict;
  /** Undefined where the archive is not sealed, or does not say under which key. */
  readonly seal: ArchiveSeal | undefined;
}

/**
 * Reads an archive once and reports what is in it. Memory does not grow with the snapshot, except for the requested
 * names. It decodes no records: it reads the names of records to list, and counts all others.
 * @throws what reading a damaged archive throws; everything else that a restore would refuse is in the verdict
 */
export async function inspectArchive(
  ports: InspectionPorts,
  wish: InspectionWish,
  signal: AbortSignal,
): Promise<Inspection> {
  const survey = surveyState(wish.list);
  const reading = readArchive(ports, { ...wish, fingerprint: true }, survey.visitor, signal);
  const read = await namingFile(wish.archive, reading);
  const takenAtMs = instantOf(read.metadata.takenAt);
  const readable = read.state.kind === 'read' && read.state.content.kind === 'well-formed';
  return {
    archive: wish.archive,
    file: read.file,
    metadata: read.metadata,
    ageMs: takenAtMs === undefined ? undefined : ports.clock.nowMs() - takenAtMs,
    snapshotSizeBytes: read.snapshotSizeBytes,
    kinds: readable ? survey.kinds() : undefined,
    names: readable ? survey.names : [],
    verdict: read.verdict,
    seal: read.seal,
  };
}

/** Counts what passes, and keeps the names of one kind. */
function surveyState(list: ListableKind | undefined) {
  const counts = stateKinds.map(() => 0);
  const bytes = stateKinds.map(() => 0);
  const names: string[] = [];
  const visitor: SnapshotVisitor = {
    wants: () => false,
    visit(field, encodedBytes) {
      const position = kindPosition(field);
      counts[position] = (counts[position] as number) + 1;
      bytes[position] = (bytes[position] as number) + encodedBytes;
    },
  };
  return {
    visitor: list === undefined ? visitor : namingVisitor(visitor, stateFields[list], names),
    names,
    kinds: () =>
      stateKinds.map((kind, position) => ({
        kind,
        count: counts[position] as number,
        bytes: bytes[position] as number,
      })),
  };
}

/** `visitor`, extended to collect the names of the records of `listed`. */
function namingVisitor(visitor: SnapshotVisitor, listed: number, names: string[]): SnapshotVisitor {
  const name = createRecordNameReader();
  return {
    wants: visitor.wants,
    pass(field, piece) {
      if (field === listed) name.take(piece);
    },
    visit(field, encodedBytes, content) {
      visitor.visit(field, encodedBytes, content);
      if (field === listed) names.push(nameText(name.end()));
    },
  };
}
