import type { DataDirectoryInspection } from '../../ports/data-directory-inspector.js';
import type { FileSystemGaps } from '../../ports/file-system-gaps.js';
import type { SurvivingStore, SurvivingStores } from '../../ports/surviving-stores.js';
import { stopIfInterrupted } from '../errors.js';
import { warnOfGaps } from '../file-system-warnings.js';
import { refuseWithoutRoom, roomFor, warnOfUnknownRoom } from '../restore/free-room.js';
import { identityRequestOf } from '../restore/identity-request.js';
import { type InstallationPorts, installStore } from '../restore/install-store.js';
import { gatherNode, type NodePorts, type NodeWish } from '../restore/node-basis.js';
import { refuseUnlessSafe } from '../restore/restore-plan.js';
import { recovering } from '../restore/undertaking.js';
import type { Warning } from '../warning.js';
import { planRecovery, type RecoveryPlan, type RecoveryRequest } from './recovery-plan.js';
import { refuseTargetInSource } from './source-and-target.js';
import { collectStoreFindings } from './store-findings.js';

/** The ports of a recovery. */
export interface RecoveryPorts extends NodePorts, InstallationPorts {
  readonly survivors: SurvivingStores;
  /** Without it there are no warnings about what the file system could not make durable. */
  readonly gaps?: FileSystemGaps;
}

/** The operator's input; the host decides what is left open. */
export interface RecoveryWish extends RecoveryRequest, NodeWish {
  /** A data directory, or the raft directory in one. */
  readonly from: string;
  /** Whether to recover even into a directory that holds files of something else, which recovery leaves alone. */
  readonly intoOtherFiles: boolean;
}

/** What was recovered. */
export interface RecoveryOutcome {
  readonly plan: RecoveryPlan;
  /** The size of the state in the snapshot; 0 without a snapshot. */
  readonly snapshotSizeBytes: number;
  /** Identity files that were made, as paths inside the data directory. */
  readonly identityFiles: readonly string[];
  /** Those of the plan as well. */
  readonly warnings: readonly Warning[];
}

/**
 * Builds a data directory from a surviving node's disk, so that a node comes up as the single voter of the same cluster
 * with everything that this disk had received. It only reads the surviving store. After a failure, or if the process is
 * killed at any moment, the data directory is either as before (apart from a staging directory that the next run
 * clears) or complete. In place, a kill may also leave the old store under its new name, where the next run finds it.
 * @throws restore_in_doubt  the store is in place, but a power cut may undo that
 * @throws every error of the ports, of {@link planRecovery}, {@link refuseUnlessSafe} and {@link refuseWithoutRoom}
 */
export async function recoverStore(
  ports: RecoveryPorts,
  wish: RecoveryWish,
  signal: AbortSignal,
): Promise<RecoveryOutcome> {
  const store = await ports.survivors.open(wish.from);
  try {
    const { plan, target } = await prepareRecovery(ports, store, wish, signal);
    refuseUnlessSafe(target, recovering, wish.intoOtherFiles);
    const room = roomFor(plan.survey.sizeBytes, target);
    refuseWithoutRoom(target, room, recovering);
    stopIfInterrupted(signal);
    const staged = await store.stage(plan.seed, plan.firstCommands, signal);
    const request = identityRequestOf(plan, plan.survey.visitor.authority());
    const installed = await installStore(
      ports,
      staged,
      { request, marker: plan.marker, undertaking: recovering },
      signal,
    );
    return {
      plan,
      snapshotSizeBytes: staged.snapshotSizeBytes,
      identityFiles: installed.identityFiles,
      warnings: [
        ...plan.warnings,
        ...warnOfUnknownRoom(target, room),
        ...installed.warnings,
        ...installed.leftRecord,
        ...warnOfGaps(ports.gaps),
      ],
    };
  } finally {
    await store.close();
  }
}

/**
 * Reads the whole store and plans its recovery; changes nothing. What is given as the target is so as if a store that will be
 * kept were not there.
 * @throws what the ports throw, and {@link planRecovery}
 */
export async function prepareRecovery(
  ports: NodePorts,
  store: SurvivingStore,
  wish: RecoveryWish,
  signal: AbortSignal,
): Promise<{ readonly plan: RecoveryPlan; readonly target: DataDirectoryInspection }> {
  const { host, target } = await gatherNode(ports, wish);
  const inPlace = await store.isIn(target.path);
  if (!inPlace) {
    refuseTargetInSource(wish.from, store.raftDirectory, target.path);
    const [raftDirectory, place] = [await store.realPath(store.raftDirectory), await store.realPath(target.path)];
    refuseTargetInSource(wish.from, raftDirectory, place);
  }
  const survey = await store.survey(collectStoreFindings, signal);
  const plan = planRecovery(
    wish,
    { raftDirectory: store.raftDirectory, sealed: store.records.sealed, inPlace, survey },
    host,
    target,
  );
  // What is in the place of the new store is kept.
  return { plan, target: inPlace ? { ...target, existingRaftStore: undefined } : target };
}
