import { stopIfInterrupted } from './errors.js';
import {
  gatherBasis,
  type LearntFromState,
  learnFromState,
  type RestorePorts,
  type RestoreWish,
} from './restore-archive.js';
import { planRestore, type RestorePlan, refuseUnlessSafe } from './restore-plan.js';
import { acceptWhilePassing } from './snapshot-acceptance.js';
import { collectFindings } from './snapshot-findings.js';

/** What a dry run tells: the plan, and each precondition with whether it holds. `warnings` holds those of the plan as well. */
export interface RestorePreview extends LearntFromState {
  readonly plan: RestorePlan;
  readonly preconditions: readonly { readonly sentence: string; readonly holds: boolean }[];
  /** What a real run would say no with; undefined when nothing stands against it. */
  readonly obstacle: unknown;
}

/**
 * Plans a restore and reads the whole archive as a real one would, but writes nothing.
 * @throws what restoreArchive throws for a bad archive or request; an obstacle in the data directory is told, not thrown
 */
export async function previewRestore(
  ports: RestorePorts,
  wish: RestoreWish,
  signal: AbortSignal,
): Promise<RestorePreview> {
  const opened = await ports.archives.open(wish.archive);
  try {
    const { request, host, target } = await gatherBasis(ports, wish);
    const plan = planRestore(request, opened.metadata, host, target);
    const findings = collectFindings();
    for await (const _ of acceptWhilePassing(opened.snapshot, plan.metadata, findings)) stopIfInterrupted(signal);
    const known = learnFromState(plan, findings);
    return {
      plan,
      firstCommands: known.firstCommands,
      rejoin: known.rejoin,
      warnings: [...plan.warnings, ...known.warnings],
      preconditions: [
        { sentence: 'the archive is complete and undamaged', holds: true },
        { sentence: `${target.path} is a directory, or can be made one`, holds: target.kind !== 'not-a-directory' },
        { sentence: `${target.path} can be written`, holds: target.writable },
        { sentence: 'no daemon is running', holds: target.runningDaemon === undefined },
        { sentence: 'there is no raft store yet', holds: target.existingRaftStore === undefined },
      ],
      obstacle: obstacleOf(() => refuseUnlessSafe(target)),
    };
  } finally {
    await opened.close();
  }
}

function obstacleOf(check: () => void): unknown {
  try {
    check();
    return undefined;
  } catch (error) {
    return error;
  }
}
