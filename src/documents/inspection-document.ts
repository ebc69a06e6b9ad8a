import type { Inspection } from '../domain/archive/inspect-archive.js';
import type { RestoreVerdict } from '../domain/archive/restore-verdict.js';
import type { DocumentWords } from './document-words.js';
import { documentedFacts } from './documented-facts.js';
import { kindKey } from './kind-key.js';

/** What is in an archive, as data for a program. */
export function inspectionDocument(inspection: Inspection, words: DocumentWords) {
  const { archive, file, metadata, ageMs, kinds, snapshotSizeBytes, verdict } = inspection;
  const facts = documentedFacts(metadata);
  return {
    archive,
    size_bytes: file.sizeBytes,
    sha256: file.sha256,
    padding_bytes: file.paddingBytes,
    compression_ratio: Number(compressionOf(inspection).toFixed(3)),
    schema_version: metadata.schemaVersion,
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

/** The share of `bytes` in the snapshot, from 0 to 1. */
export function shareOf(bytes: number, snapshotSizeBytes: number): number {
  return bytes === 0 ? 0 : bytes / snapshotSizeBytes;
}

function verdictDocument(verdict: RestoreVerdict, words: DocumentWords) {
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
