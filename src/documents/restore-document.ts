import type { RestorePreview } from '../domain/restore/preview-restore.js';
import type { LearntFromState, RestoreOutcome } from '../domain/restore/restore-archive.js';
import { describeStoreReason, type StoreKind } from '../domain/restore/store-choice.js';
import { locationWord } from '../domain/values/archive-location.js';
import type { DocumentWords } from './document-words.js';
import { type DocumentedFacts, documentedFacts } from './documented-facts.js';
import { type FirstCommandsDocument, firstCommandsDocument } from './first-commands-document.js';
import { type RejoinDocument, rejoinDocument } from './rejoin-document.js';
import { type RoomDocument, roomDocument } from './room-document.js';
import { type OwnerDocument, type VoterDocument, voterDocument } from './voter-document.js';

/** What a restore would do or has done, for a program. */
export interface RestoreDocument extends Omit<DocumentedFacts, 'jaco_version'> {
  readonly archive: string;
  readonly data_directory: string;
  readonly voter: VoterDocument;
  readonly versions: {
    readonly archive: string;
    readonly daemon: string;
    readonly daemon_source: string;
    /** The rule by which they are compatible. */
    readonly rule: string;
  };
  /** Which store is made, and why. */
  readonly store: { readonly kind: StoreKind; readonly reason: string };
  /** The id of the key that the store is sealed under; left out for a plain store. */
  readonly sealed_under?: string;
  readonly owner: OwnerDocument;
  /** Paths of every file. */
  readonly writes: readonly string[];
  /** Those of the node's identity, as paths inside the data directory. */
  readonly identity_files: readonly string[];
  /** Null if the log stays empty. */
  readonly first_commands: FirstCommandsDocument | null;
  readonly rejoin: readonly RejoinDocument[];
  readonly warnings: readonly string[];
}

/** A plan that is not carried out. */
export interface RestorePlanDocument extends RestoreDocument {
  readonly room: RoomDocument;
  readonly preconditions: readonly { readonly sentence: string; readonly holds: boolean }[];
  /** Whether a restore would do it. */
  readonly possible: boolean;
}

/** A restore that is done. */
export interface RestoredDocument extends RestoreDocument {
  readonly restored: true;
  readonly snapshot_size_bytes: number;
}

/** What a restore would do, as data for a program. */
export function previewDocument(preview: RestorePreview, words: DocumentWords): RestorePlanDocument {
  return {
    ...documentOf(preview, words),
    room: roomDocument(preview.room),
    preconditions: preview.preconditions,
    possible: preview.obstacle === undefined,
  };
}

/** What was restored, as data for a program. */
export function outcomeDocument(outcome: RestoreOutcome, words: DocumentWords): RestoredDocument {
  return {
    ...documentOf(outcome, words),
    restored: true,
    snapshot_size_bytes: outcome.snapshotSizeBytes,
  };
}

/** What a preview and an outcome have in common. */
type Restoring = LearntFromState & Pick<RestoreOutcome, 'plan' | 'identityFiles'>;

/** The paths of every file that a restore writes. */
export function allWrites({ plan, identityFiles }: Restoring): readonly string[] {
  return [...plan.writes, ...identityFiles.map((file) => `${plan.seed.dataDirectory}/${file}`)];
}

function documentOf(restoring: Restoring, words: DocumentWords): RestoreDocument {
  const { plan, firstCommands, rejoin, warnings, identityFiles } = restoring;
  const { seed } = plan;
  const { keyId } = plan.store;
  const { jaco_version, ...facts } = documentedFacts(plan.metadata);
  return {
    archive: locationWord(plan.archive),
    ...facts,
    data_directory: seed.dataDirectory,
    voter: voterDocument(seed.voter, plan, words),
    versions: {
      archive: jaco_version,
      daemon: plan.daemonVersion.text,
      daemon_source: words.daemonVersionSource(plan.daemonVersion.source),
      rule: plan.compatibility.rule,
    },
    store: { kind: keyId === undefined ? 'plain' : 'sealed', reason: describeStoreReason(plan.store.reason) },
    ...(keyId === undefined ? {} : { sealed_under: keyId }),
    owner: seed.owner ?? null,
    writes: allWrites(restoring),
    identity_files: identityFiles,
    first_commands: firstCommands === undefined ? null : firstCommandsDocument(firstCommands),
    rejoin: rejoinDocument(rejoin),
    warnings: warnings.map((warning) => words.warning(warning)),
  };
}
