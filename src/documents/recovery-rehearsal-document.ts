import type { LeftBehind } from '../domain/errors.js';
import type { RecoveryRehearsal } from '../domain/recovery/rehearse-recovery.js';
import { type RejoinDocument, rejoinDocument } from './rejoin-document.js';

/** A rehearsed recovery that succeeded, for a program. */
export interface RecoveryRehearsalDocument {
  /** The raft directory that was read. */
  readonly from: string;
  readonly recovers: true;
  readonly cluster_id: string;
  /** Of the last entry that counts. */
  readonly last_index: bigint;
  readonly last_term: bigint;
  readonly entries_behind_snapshot: bigint;
  /** The checks that passed, one sentence each. */
  readonly checks: readonly string[];
  readonly rejoin: readonly RejoinDocument[];
  /** Temporary files that could not be removed; absent if all were removed. */
  readonly left_behind?: readonly LeftBehind[];
}

/** What a rehearsed recovery showed, as data for a program. */
export function recoveryRehearsalDocument(rehearsal: RecoveryRehearsal): RecoveryRehearsalDocument {
  const { plan } = rehearsal.recovered;
  const { leftBehind } = rehearsal;
  return {
    from: plan.source,
    recovers: true,
    cluster_id: plan.clusterId,
    last_index: plan.survey.lastIndex,
    last_term: plan.survey.lastTerm,
    entries_behind_snapshot: plan.survey.entriesBehind,
    checks: rehearsal.checks,
    rejoin: rejoinDocument(plan.rejoin),
    ...(leftBehind.length === 0 ? {} : { left_behind: leftBehind }),
  };
}
