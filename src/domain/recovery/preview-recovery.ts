import { type Room, roomFor, warnOfUnknownRoom } from '../restore/free-room.js';
import { identityRequestOf } from '../restore/identity-request.js';
import { obstacleIn, previewIdentity, type TargetPreview, targetPreconditions } from '../restore/target-preview.js';
import { recovering } from '../restore/undertaking.js';
import { type Warning, warningOf } from '../warning.js';
import { prepareRecovery, type RecoveryPorts, type RecoveryWish } from './recover-store.js';
import type { RecoveryPlan } from './recovery-plan.js';

/** The result of a dry run: the plan, and whether each precondition holds. */
export interface RecoveryPreview extends TargetPreview {
  readonly plan: RecoveryPlan;
  readonly room: Room;
  /** Identity files that would be made, as paths inside the data directory. */
  readonly identityFiles: readonly string[];
  /** Those of the plan as well. */
  readonly warnings: readonly Warning[];
}

/**
 * Plans a recovery and reads the whole store as a real one would, but writes nothing.
 * @throws what recoverStore throws for a bad store or request; an obstacle in the data directory is returned, not
 * thrown
 */
export async function previewRecovery(
  ports: RecoveryPorts,
  wish: RecoveryWish,
  signal: AbortSignal,
): Promise<RecoveryPreview> {
  const store = await ports.survivors.open(wish.from);
  try {
    const { plan, target } = await prepareRecovery(ports, store, wish, signal);
    const request = identityRequestOf(plan, plan.survey.visitor.authority());
    const identity = await previewIdentity(ports.identity, request);
    const room = roomFor(plan.survey.sizeBytes, target);
    return {
      plan,
      room,
      identityFiles: identity.files,
      warnings: [
        ...plan.warnings,
        ...warnOfUnknownRoom(target, room),
        ...identity.warnings.map((sentence) => warningOf(sentence)),
      ],
      preconditions: [
        { sentence: 'the disk holds a cluster, without a gap or with one that is accepted', holds: true },
        ...targetPreconditions(target, wish.intoOtherFiles, room),
      ],
      obstacle: obstacleIn(target, recovering, wish.intoOtherFiles, room),
    };
  } finally {
    await store.close();
  }
}
