import type { RecoveryPreview } from '../domain/recovery/preview-recovery.js';
import type { RecoveryOutcome } from '../domain/recovery/recover-store.js';
import type { RecoveryPlan } from '../domain/recovery/recovery-plan.js';
import type { CommandCount } from '../domain/recovery/store-findings.js';
import type { DocumentWords } from './document-words.js';
import { type FirstCommandsDocument, firstCommandsDocument } from './first-commands-document.js';
import { type RejoinDocument, rejoinDocument } from './rejoin-document.js';
import { type RoomDocument, roomDocument } from './room-document.js';
import { type OwnerDocument, type VoterDocument, voterDocument } from './voter-document.js';

/** Entries that cannot be saved, for a program. */
export interface LossDocument {
  readonly reason: string;
  readonly from: bigint;
  /** Null where the disk does not tell. */
  readonly to: bigint | null;
  /** Of those that can still be read. */
  readonly commands: readonly CommandCount[];
}

/** What a recovery would do or has done, for a program. */
export interface RecoveryDocument {
  /** The raft directory that is read. */
  readonly from: string;
  readonly cluster_id: string;
  /** Null if the whole state is in the log. */
  readonly snapshot: { readonly id: string; readonly index: bigint; readonly term: bigint } | null;
  /** The index of the last entry on the disk. */
  readonly last_index: bigint;
  readonly last_term: bigint;
  /** RFC 3339, UTC: when that entry was appended; null if no entry after the snapshot has a time. */
  readonly last_appended_at: string | null;
  /** The entries after the snapshot, and the kinds of their commands. */
  readonly entries_behind_snapshot: bigint;
  readonly commands_behind_snapshot: readonly CommandCount[];
  /** The members in the newest configuration on the disk. */
  readonly members: readonly { readonly id: string; readonly address: string; readonly suffrage: string }[];
  /** What damage has taken away; null where nothing is lost. */
  readonly lost: LossDocument | null;
  readonly data_directory: string;
  /** Where the store is kept that stood in the place of the new one; null where none did. */
  readonly kept_as: string | null;
  readonly voter: VoterDocument;
  readonly owner: OwnerDocument;
  /** The index of the configuration with the one voter. */
  readonly configuration_index: bigint;
  readonly term: bigint;
  /** Paths of every file. */
  readonly writes: readonly string[];
  /** Those of the node's identity, as paths inside the data directory. */
  readonly identity_files: readonly string[];
  readonly first_commands: FirstCommandsDocument;
  readonly rejoin: readonly RejoinDocument[];
  readonly warnings: readonly string[];
}

/** A plan that is not carried out. */
export interface RecoveryPlanDocument extends RecoveryDocument {
  readonly room: RoomDocument;
  readonly preconditions: readonly { readonly sentence: string; readonly holds: boolean }[];
  /** Whether a recovery would do it. */
  readonly possible: boolean;
}

/** A recovery that is done. */
export interface RecoveredDocument extends RecoveryDocument {
  readonly recovered: true;
  readonly snapshot_size_bytes: number;
}

/** What a recovery would do, as data for a program. */
export function recoveryPlanDocument(preview: RecoveryPreview, words: DocumentWords): RecoveryPlanDocument {
  return {
    ...documentOf(preview, words),
    room: roomDocument(preview.room),
    preconditions: preview.preconditions,
    possible: preview.obstacle === undefined,
  };
}

/** What was recovered, as data for a program. */
export function recoveredDocument(outcome: RecoveryOutcome, words: DocumentWords): RecoveredDocument {
  return { ...documentOf(outcome, words), recovered: true, snapshot_size_bytes: outcome.snapshotSizeBytes };
}

/** What a preview and an outcome have in common. */
type Recovering = Pick<RecoveryOutcome, 'plan' | 'identityFiles' | 'warnings'>;

function documentOf({ plan, identityFiles, warnings }: Recovering, words: DocumentWords): RecoveryDocument {
  const { survey, seed } = plan;
  const { snapshot, lastAppendedAtMs } = survey;
  return {
    from: plan.source,
    cluster_id: plan.clusterId,
    snapshot: snapshot === undefined ? null : { id: snapshot.id, index: snapshot.index, term: snapshot.term },
    last_index: survey.lastIndex,
    last_term: survey.lastTerm,
    last_appended_at: lastAppendedAtMs === undefined ? null : new Date(lastAppendedAtMs).toISOString(),
    entries_behind_snapshot: survey.entriesBehind,
    commands_behind_snapshot: survey.visitor.kinds(),
    members: survey.members.map(({ id, address, suffrage }) => ({ id, address, suffrage })),
    lost: lossDocument(survey.lost),
    data_directory: seed.dataDirectory,
    kept_as: seed.keptAs ?? null,
    voter: voterDocument(seed.voter, plan, words),
    owner: seed.owner ?? null,
    configuration_index: seed.index,
    term: seed.term,
    writes: [...plan.writes, ...identityFiles.map((file) => `${seed.dataDirectory}/${file}`)],
    identity_files: identityFiles,
    first_commands: firstCommandsDocument(plan.firstCommands),
    rejoin: rejoinDocument(plan.rejoin),
    warnings: warnings.map((warning) => words.warning(warning)),
  };
}

/** Entries that cannot be saved, as data for a program. */
export function lossDocument(lost: RecoveryPlan['survey']['lost']): LossDocument | null {
  if (lost === undefined) return null;
  return { reason: lost.reason, from: lost.from, to: lost.to ?? null, commands: lost.visitor.kinds() };
}
