import type { Inspection } from '../domain/archive/inspect-archive.js';
import type { RestoreVerdict } from '../domain/archive/restore-verdict.js';
import type { ErrorCode } from '../domain/errors.js';
import { locationWord } from '../domain/values/archive-location.js';
import type { DocumentWords } from './document-words.js';
import { type DocumentedFacts, documentedFacts } from './documented-facts.js';
import { kindKey } from './kind-key.js';

/** What is in an archive, for a program. */
export interface InspectionDocument extends DocumentedFacts {
  readonly archive: string;
  readonly size_bytes: number;
  /** Hexadecimal. */
  readonly sha256: string | undefined;
  readonly padding_bytes: number;
  /** How many times larger the state is than the file that holds it. */
  readonly compression_ratio: number;
  readonly schema_version: number;
  /** Only of a sealed archive that says under which key it is sealed: `keyring` tells whether the one at hand opens it. */
  readonly seal?: { readonly key_id: string; readonly keyring: 'opens' | 'does-not-open' | 'missing' };
  /** By this host's clock; null if the archive does not say when it was taken. */
  readonly age_seconds: number | null;
  readonly snapshot_size_bytes: number;
  /** Null if the state cannot be read. `share` is the share of the snapshot, from 0 to 1. */
  readonly kinds:
    | readonly { readonly kind: string; readonly count: number; readonly bytes: number; readonly share: number }[]
    | null;
  readonly restore: VerdictDocument;
}

/** Whether a restore would accept an archive, for a program. */
export interface VerdictDocument {
  readonly accepted: boolean;
  readonly daemon_version: string;
  readonly daemon_version_source: string;
  /** The rule by which the versions are compatible; null in a refusal. */
  readonly rule: string | null;
  readonly warning: string | null;
  /** `next_step` is absent from the JSON if there is no next step. */
  readonly refusal: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly next_step: string | undefined;
  } | null;
}

/** The words that a frontend needs for an inspection. */
export type InspectionWords = Pick<DocumentWords, 'daemonVersionSource' | 'nextStep'>;

/** What is in an archive, as data for a program. */
export function inspectionDocument(inspection: Inspection, words: InspectionWords): InspectionDocument {
  const { archive, file, metadata, seal, ageMs, kinds, snapshotSizeBytes, verdict } = inspection;
  const facts = documentedFacts(metadata);
  return {
    archive: locationWord(archive),
    size_bytes: file.sizeBytes,
    sha256: file.sha256,
    padding_bytes: file.paddingBytes,
    compression_ratio: Number(compressionOf(inspection).toFixed(3)),
    schema_version: metadata.schemaVersion,
    ...(seal === undefined ? {} : { seal: { key_id: seal.keyId, keyring: seal.keyring } }),
    cluster_id: facts.cluster_id,
    snapshot_index: facts.snapshot_index,
    snapshot_term: facts.snapshot_term,
    taken_at: facts.taken_at,
    age_seconds: ageMs === undefined ? null : Math.floor(ageMs / 1_000),
    jaco_version: facts.jaco_version,
    leader_at_snapshot: facts.leader_at_snapshot,
    snapshot_size_bytes: snapshotSizeBytes,
    kinds:
      kinds?.map(({ kind, count, bytes }) => ({
        kind: kindKey(kind),
        count,
        bytes,
        share: Number(shareOf(bytes, snapshotSizeBytes).toFixed(6)),
      })) ?? null,
    restore: verdictDocument(verdict, words),
  };
}

/** How many times larger the state is than the file that holds it. */
export function compressionOf({ snapshotSizeBytes, file }: Inspection): number {
  return snapshotSizeBytes / file.sizeBytes;
}

/** The share of `bytes` in a snapshot, from 0 to 1. */
export function shareOf(bytes: number, snapshotSizeBytes: number): number {
  return bytes === 0 ? 0 : bytes / snapshotSizeBytes;
}

function verdictDocument(verdict: RestoreVerdict, words: InspectionWords): VerdictDocument {
  const { text, source } = verdict.daemonVersion;
  const daemon = { daemon_version: text, daemon_version_source: words.daemonVersionSource(source) };
  if (verdict.kind === 'accepted') {
    const { compatibility } = verdict;
    const warning = compatibility.kind === 'compatible-with-warning' ? compatibility.warning : null;
    return { accepted: true, ...daemon, rule: compatibility.rule, warning, refusal: null };
  }
  const { code, message, remedies } = verdict.refusal;
  return {
    accepted: false,
    ...daemon,
    rule: null,
    warning: null,
    refusal: { code, message, next_step: words.nextStep(remedies) },
  };
}
