import { namingFile } from '../archive/archive-naming.js';
import { openArchive, warnOfPadding } from '../archive/read-archive.js';
import { stopIfInterrupted } from '../errors.js';
import { warningOf } from '../warning.js';
import { type Room, roomFor, warnOfUnknownRoom } from './free-room.js';
import { identityRequestOf } from './identity-request.js';
import {
  type LearntFromState,
  learnFromState,
  planFor,
  type RestorePorts,
  type RestoreWish,
} from './restore-archive.js';
import type { RestorePlan } from './restore-plan.js';
import { obstacleIn, previewIdentity, type TargetPreview, targetPreconditions } from './target-preview.js';
import { restoring } from './undertaking.js';

/** The result of a dry run: the plan, and whether each precondition holds. `warnings` includes those of the plan. */
export interface RestorePreview extends LearntFromState, TargetPreview {
  readonly plan: RestorePlan;
  readonly room: Room;
  /** Identity files that would be made, as paths inside the data directory. */
  readonly identityFiles: readonly string[];
}

/**
 * Plans a restore and reads the whole archive as a real one would, but writes nothing.
 * @throws what restoreArchive throws for a bad archive or request; an obstacle in the data directory is returned, not
 * thrown
 */
export function previewRestore(ports: RestorePorts, wish: RestoreWish, signal: AbortSignal): Promise<RestorePreview> {
  return namingFile(wish.archive, preview(ports, wish, signal));
}

async function preview(ports: RestorePorts, wish: RestoreWish, signal: AbortSignal): Promise<RestorePreview> {
  const opened = await openArchive(ports, { archive: wish.archive, fingerprint: false }, signal);
  try {
    const { plan, target, findings, state } = await planFor(ports, wish, opened);
    const room = roomFor(opened.snapshotSizeBytes, target);
    for await (const _ of state) stopIfInterrupted(signal);
    const known = learnFromState(plan, findings);
    const identity = await previewIdentity(ports.identity, identityRequestOf(plan, findings.authority()));
    return {
      plan,
      room,
      identityFiles: identity.files,
      firstCommands: known.firstCommands,
      rejoin: known.rejoin,
      warnings: [
        ...plan.warnings,
        ...warnOfUnknownRoom(target, room),
        ...identity.warnings.map((sentence) => warningOf(sentence)),
        ...known.warnings,
        ...warnOfPadding(wish.archive, opened.file()),
      ],
      preconditions: [
        { sentence: 'the archive is complete and undamaged', holds: true },
        ...targetPreconditions(target, wish.intoOtherFiles, room),
      ],
      obstacle: obstacleIn(target, restoring, wish.intoOtherFiles, room),
    };
  } finally {
    await opened.close();
  }
}
