import type { OpenedArchive } from '../../ports/archive-reader.js';
import type { DataDirectoryInspection } from '../../ports/data-directory-inspector.js';
import type { FileSystemGaps } from '../../ports/file-system-gaps.js';
import type { RaftStoreInitializer } from '../../ports/raft-store-initializer.js';
import { namingFile } from '../archive/archive-naming.js';
import { requireReadable, schemaOf } from '../archive/archive-schema.js';
import { keyringFor, openArchive, type ReadingPorts, warnOfPadding } from '../archive/read-archive.js';
import { acceptWhilePassing, refusingUnknown } from '../archive/snapshot-acceptance.js';
import { collectFindings, type RecordedNode, type SnapshotFindings } from '../archive/snapshot-findings.js';
import { stopIfInterrupted } from '../errors.js';
import { warnOfGaps } from '../file-system-warnings.js';
import type { Warning } from '../warning.js';
import {
  decideFirstCommands,
  type FirstCommands,
  nodesThatRejoin,
  warnOfBareState,
  warnOfRecordedNodes,
} from './first-commands.js';
import { refuseWithoutRoom, roomFor, warnOfUnknownRoom } from './free-room.js';
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
import { restoring } from './undertaking.js';

/** The ports of a restore. */
export interface RestorePorts extends ReadingPorts, NodePorts, InstallationPorts {
  readonly raftStore: RaftStoreInitializer;
  /** Without it there are no warnings about what the file system could not make durable. */
  readonly gaps?: FileSystemGaps;
}

/** The operator's input; the host decides what is left open. */
export interface RestoreWish extends Omit<RestoreRequest, 'dataDirectory'>, NodeWish {
  /** Whether to restore even into a directory that holds files of something else, which restore leaves alone. */
  readonly intoOtherFiles: boolean;
}

/** What is known only after reading the state. */
export interface LearntFromState {
  /** The first entry of the log; undefined if the log is empty. */
  readonly firstCommands: FirstCommands | undefined;
  /** The other nodes that the state still records: each must join again, with an empty data directory. */
  readonly rejoin: readonly RecordedNode[];
  readonly warnings: readonly Warning[];
}

/** What was restored. `warnings` includes those of the plan. */
export interface RestoreOutcome extends LearntFromState {
  readonly plan: RestorePlan;
  readonly snapshotSizeBytes: number;
  /** Identity files that were made, as paths inside the data directory. */
  readonly identityFiles: readonly string[];
  /**
   * The part of `warnings` that applies to every restore of this archive: about its CA, and about what follows it in
   * its file.
   */
  readonly archiveWarnings: readonly Warning[];
}

/**
 * Primes a data directory from an archive, so that one node comes up as the single voter of the recovered cluster.
 * After a failure, or if the process is killed at any moment, the directory is either as before (apart from a staging
 * directory that the next restore clears) or completely restored.
 * @throws restore_in_doubt  the store is in place, but a power cut may undo that
 * @throws every error of the ports, of {@link planRestore}, {@link refuseUnlessSafe} and {@link refuseWithoutRoom}
 */
export function restoreArchive(ports: RestorePorts, wish: RestoreWish, signal: AbortSignal): Promise<RestoreOutcome> {
  return namingFile(wish.archive, restore(ports, wish, signal));
}

async function restore(ports: RestorePorts, wish: RestoreWish, signal: AbortSignal): Promise<RestoreOutcome> {
  const opened = await openArchive(ports, { archive: wish.archive, fingerprint: false }, signal);
  try {
    const { plan, target, findings, state } = await planFor(ports, wish, opened);
    refuseUnlessSafe(target, restoring, wish.intoOtherFiles);
    const room = roomFor(opened.snapshotSizeBytes, target);
    refuseWithoutRoom(target, room, restoring);
    stopIfInterrupted(signal);
    const staged = await ports.raftStore.stage(plan.seed, state, () => firstCommandsOf(plan, findings), signal);
    const request = identityRequestOf(plan, findings.authority());
    const installed = await installStore(
      ports,
      staged,
      { request, marker: plan.marker, undertaking: restoring },
      signal,
    );
    const known = learnFromState(plan, findings);
    const padding = warnOfPadding(wish.archive, opened.file());
    return {
      plan,
      snapshotSizeBytes: staged.snapshotSizeBytes,
      firstCommands: known.firstCommands,
      rejoin: known.rejoin,
      identityFiles: installed.identityFiles,
      warnings: [
        ...plan.warnings,
        ...warnOfUnknownRoom(target, room),
        ...installed.warnings,
        ...known.warnings,
        ...padding,
        ...installed.leftRecord,
        ...warnOfGaps(ports.gaps),
      ],
      archiveWarnings: [...installed.warnings, ...warnOfMissingAuthority(plan, findings.authority()), ...padding],
    };
  } finally {
    await opened.close();
  }
}

/** The parts of a plan to which the state adds. */
export type PlanBeforeState = Pick<RestorePlan, 'first' | 'identityHosts'> & {
  readonly seed: Pick<RestorePlan['seed'], 'voter'>;
};

function firstCommandsOf({ first }: Pick<RestorePlan, 'first'>, findings: SnapshotFindings): FirstCommands | undefined {
  return first === undefined ? undefined : decideFirstCommands(first, findings.nodes());
}

/** What is known only after the state has passed; its warnings come after those of the plan. */
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

/** A plan, and what it was made from. */
export interface PlannedRestore {
  readonly plan: RestorePlan;
  readonly target: DataDirectoryInspection;
  /** What is found in the state while it passes. */
  readonly findings: SnapshotFindings;
  /** Checked in transit; what a restore must not take is thrown instead of its end. */
  readonly state: AsyncIterable<Uint8Array>;
}

/**
 * Looks at the host and at the data directory, plans the restore of an open archive, and changes nothing.
 * @throws keyring_unusable, what the other ports throw, and {@link planRestore}
 */
export async function planFor(ports: RestorePorts, wish: RestoreWish, opened: OpenedArchive): Promise<PlannedRestore> {
  const { host, target } = await gatherHost(ports, wish);
  const isPlain = opened.metadata.kind === 'plain';
  const sealsPlain = isPlain && wish.allowsPlain === true;
  // That a keyring is at hand speaks for a sealed store: a file that is none must not.
  const asksRing = sealsPlain || (isPlain && wish.store === undefined);
  const atHand = asksRing ? await ports.keyring?.load(target.path) : undefined;
  const keyring = sealsPlain ? atHand : await keyringFor(ports, opened, target.path);
  const schema = schemaOf(opened, keyring);
  const plan = planRestore({ ...wish, dataDirectory: target.path }, schema, host, target, keyring);
  const findings = collectFindings();
  const state = requireReadable(schema).openState(opened.snapshot);
  const visitor = sealsPlain ? refusingUnknown(findings) : findings;
  return { plan, target, findings, state: acceptWhilePassing(state, plan.metadata, visitor) };
}

async function gatherHost(
  ports: RestorePorts,
  wish: RestoreWish,
): Promise<{ readonly host: RestoreHost; readonly target: DataDirectoryInspection }> {
  const { host, target } = await gatherNode(ports, wish);
  const installedDaemonVersion =
    wish.daemonVersion === undefined ? await ports.host.installedDaemonVersion() : undefined;
  const stateKeyCredential = await ports.host.stateKeyCredential();
  return {
    host: { ...host, installedDaemonVersion, stateKeyCredential, hasKeyring: ports.keyring !== undefined },
    target,
  };
}
