import type { DataDirectoryInspection } from '../../ports/data-directory-inspector.js';
import type { DurabilityGaps } from '../../ports/durability-gaps.js';
import type { RaftStoreInitializer } from '../../ports/raft-store-initializer.js';
import { namingFile } from '../archive/archive-naming.js';
import { type ArchiveSchema, requireReadable, schemaOf } from '../archive/archive-schema.js';
import { openArchive, type ReadingPorts, warnOfPadding } from '../archive/read-archive.js';
import { acceptWhilePassing } from '../archive/snapshot-acceptance.js';
import { collectFindings, type RecordedNode, type SnapshotFindings } from '../archive/snapshot-findings.js';
import { stopIfInterrupted } from '../errors.js';
import { warnOfUnsynced } from '../unsynced-directories.js';
import type { Warning } from '../warning.js';
import {
  decideFirstCommands,
  type FirstCommands,
  nodesThatRejoin,
  warnOfBareState,
  warnOfRecordedNodes,
} from './first-commands.js';
import { identityRequestOf, warnOfMissingAuthority } from './identity-request.js';
import { type InstallationPorts, installStore } from './install-store.js';
import { gatherNode, type NodePorts, type NodeWish } from './node-basis.js';
import {
  planRestore,
  type RestoreHost,
  type RestorePlan,
  type RestoreRequest,
  refuseUnlessSafe,
} from './restore-plan.js';

/** What a restore works with. */
export interface RestorePorts extends ReadingPorts, NodePorts, InstallationPorts {
  readonly raftStore: RaftStoreInitializer;
  /** Without it nothing is said of what the file system could not make durable. */
  readonly gaps?: DurabilityGaps;
}

/** The words of the operator; what is left open is decided from the host. */
export interface RestoreWish extends Omit<RestoreRequest, 'dataDirectory'>, NodeWish {
  /** Restore also into a directory that holds files of something else, which are left alone. */
  readonly intoOtherFiles: boolean;
}

/** What only the state could tell. */
export interface LearntFromState {
  /** What the log begins with; undefined where it is empty. */
  readonly firstCommands: FirstCommands | undefined;
  /** The nodes that the state goes on recording beside the restored one: each must join again, with an empty data directory. */
  readonly rejoin: readonly RecordedNode[];
  readonly warnings: readonly Warning[];
}

/** What was restored. `warnings` holds those of the plan as well. */
export interface RestoreOutcome extends LearntFromState {
  readonly plan: RestorePlan;
  readonly snapshotSizeBytes: number;
  /** Files of the node's identity that were made, as paths inside the data directory. */
  readonly identityFiles: readonly string[];
}

/**
 * Primes a data directory from an archive, so that one node comes up as the single voter of the recovered cluster.
 * Whatever fails, and wherever the process is killed, the directory is either as before (apart from a staging
 * directory that the next restore clears) or completely restored.
 * @throws restore_in_doubt  the store is in its place, and nobody knows whether it stays there
 * @throws every error of the ports, of {@link planRestore} and of {@link refuseUnlessSafe}
 */
export function restoreArchive(ports: RestorePorts, wish: RestoreWish, signal: AbortSignal): Promise<RestoreOutcome> {
  return namingFile(wish.archive, restore(ports, wish, signal));
}

async function restore(ports: RestorePorts, wish: RestoreWish, signal: AbortSignal): Promise<RestoreOutcome> {
  const opened = await openArchive(ports, { archive: wish.archive, fingerprint: false }, signal);
  try {
    const schema = schemaOf(opened);
    const plan = await preparePlan(ports, wish, schema);
    stopIfInterrupted(signal);
    const findings = collectFindings();
    const state = acceptWhilePassing(requireReadable(schema).openState(opened.snapshot), plan.metadata, findings);
    const staged = await ports.raftStore.stage(plan.seed, state, () => firstCommandsOf(plan, findings), signal);
    const request = identityRequestOf(plan, findings.authority());
    const installed = await installStore(ports, staged, request, plan.marker, signal);
    const known = learnFromState(plan, findings);
    return {
      plan,
      snapshotSizeBytes: staged.snapshotSizeBytes,
      firstCommands: known.firstCommands,
      rejoin: known.rejoin,
      identityFiles: installed.identityFiles,
      warnings: [
        ...plan.warnings,
        ...installed.warnings,
        ...known.warnings,
        ...warnOfPadding(wish.archive, opened.file()),
        ...installed.leftRecord,
        ...warnOfUnsynced(ports.gaps),
      ],
    };
  } finally {
    await opened.close();
  }
}

/** What of a plan the state adds to. */
export type PlanBeforeState = Pick<RestorePlan, 'first' | 'identityHosts'> & {
  readonly seed: Pick<RestorePlan['seed'], 'voter'>;
};

function firstCommandsOf({ first }: Pick<RestorePlan, 'first'>, findings: SnapshotFindings): FirstCommands | undefined {
  return first === undefined ? undefined : decideFirstCommands(first, findings.nodes());
}

/** What could not be known before the state had passed; its warnings come behind those of the plan. */
export function learnFromState(plan: PlanBeforeState, findings: SnapshotFindings): LearntFromState {
  const { voter } = plan.seed;
  const firstCommands = firstCommandsOf(plan, findings);
  const rejoin = nodesThatRejoin(voter, findings.nodes(), firstCommands);
  const warnings = [
    ...warnOfMissingAuthority(plan, findings.authority()),
    ...(firstCommands === undefined ? warnOfBareState(voter, findings.nodes()) : []),
    ...warnOfRecordedNodes(voter, rejoin),
  ];
  return { firstCommands, rejoin, warnings };
}

async function preparePlan(ports: RestorePorts, wish: RestoreWish, schema: ArchiveSchema): Promise<RestorePlan> {
  const { request, host, target } = await gatherBasis(ports, wish);
  const plan = planRestore(request, schema, host, target);
  refuseUnlessSafe(target, wish.intoOtherFiles);
  return plan;
}

/** What a restore is planned from. */
export interface RestoreBasis {
  readonly request: RestoreRequest;
  readonly host: RestoreHost;
  readonly target: DataDirectoryInspection;
}

/**
 * Looks at the host and at the data directory, and changes nothing.
 * @throws what the ports throw
 */
export async function gatherBasis(ports: RestorePorts, wish: RestoreWish): Promise<RestoreBasis> {
  const { host, target } = await gatherNode(ports, wish);
  const installedDaemonVersion =
    wish.daemonVersion === undefined ? await ports.host.installedDaemonVersion() : undefined;
  return { request: { ...wish, dataDirectory: target.path }, host: { ...host, installedDaemonVersion }, target };
}
