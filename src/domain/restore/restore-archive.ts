import type { Clock } from '../../ports/clock.js';
import type {
  DaemonSocket,
  DataDirectoryInspection,
  DataDirectoryInspector,
} from '../../ports/data-directory-inspector.js';
import type { DurabilityGaps } from '../../ports/durability-gaps.js';
import type { DaemonConfiguration, HostFacts } from '../../ports/host-facts.js';
import type { MarkerWriter } from '../../ports/marker-writer.js';
import type { NodeIdentityWriter, StagedNodeIdentity } from '../../ports/node-identity-writer.js';
import type { CommitOutcome, RaftStoreInitializer } from '../../ports/raft-store-initializer.js';
import { namingFile } from '../archive/archive-naming.js';
import { type ArchiveSchema, requireReadable, schemaOf } from '../archive/archive-schema.js';
import { openArchive, type ReadingPorts, warnOfPadding } from '../archive/read-archive.js';
import { acceptWhilePassing } from '../archive/snapshot-acceptance.js';
import { collectFindings, type RecordedNode, type SnapshotFindings } from '../archive/snapshot-findings.js';
import { isJacoError, stopIfInterrupted } from '../errors.js';
import { warnOfUnsynced } from '../unsynced-directories.js';
import { defaultDataDirectory, defaultSocket } from '../values/daemon-defaults.js';
import { type Warning, warningOf } from '../warning.js';
import { namesToResolve } from './advertised-addresses.js';
import {
  decideFirstCommands,
  type FirstCommands,
  nodesThatRejoin,
  warnOfBareState,
  warnOfRecordedNodes,
} from './first-commands.js';
import { identityRequestOf, warnOfMissingAuthority } from './identity-request.js';
import {
  planRestore,
  type RestoreHost,
  type RestorePlan,
  type RestoreRequest,
  refuseUnlessSafe,
} from './restore-plan.js';
import { storeInDoubt, warnOfRecord } from './store-in-doubt.js';
import { undoAll } from './undo-all.js';

/** What a restore works with. */
export interface RestorePorts extends ReadingPorts {
  readonly directories: DataDirectoryInspector;
  readonly host: HostFacts;
  readonly raftStore: RaftStoreInitializer;
  readonly marker: MarkerWriter;
  readonly identity: NodeIdentityWriter;
  readonly clock: Clock;
  /** Without it nothing is said of what the file system could not make durable. */
  readonly gaps?: DurabilityGaps;
}

/** The words of the operator; what is left open is decided from the host. */
export type RestoreWish = Omit<RestoreRequest, 'dataDirectory'> & {
  /** Undefined asks jacod.yaml, then the default. */
  readonly dataDirectory: string | undefined;
  /** The unix socket on which a running daemon would answer; undefined asks jacod.yaml, then the default. */
  readonly socket: string | undefined;
  /** Restore also into a directory that holds files of something else, which are left alone. */
  readonly intoOtherFiles: boolean;
};

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
    const undo = [() => staged.discard()];
    let identity: StagedNodeIdentity;
    let committed: CommitOutcome;
    try {
      const { dataDirectory, owner } = plan.seed;
      const waiting = await ports.identity.stage(identityRequestOf(plan, findings.authority()));
      identity = waiting;
      undo.unshift(() => waiting.withdraw());
      stopIfInterrupted(signal);
      await ports.marker.write(dataDirectory, plan.marker, owner);
      // A store that appeared meanwhile is another's, and then so may the marker be; ours is taken back in any case,
      // since this process holds the lock and wrote last.
      undo.unshift(() => ports.marker.withdraw(dataDirectory));
      await waiting.install();
      stopIfInterrupted(signal);
      committed = await staged.commit();
    } catch (error) {
      throw await undoAll(error, undo);
    }
    // From here on nothing is taken back: a store that is in its place, or may be after a power cut, needs all of it.
    if (committed.kind === 'in-doubt') throw storeInDoubt(plan, committed.standsAt, committed.failure);
    const known = learnFromState(plan, findings);
    return {
      plan,
      snapshotSizeBytes: staged.snapshotSizeBytes,
      firstCommands: known.firstCommands,
      rejoin: known.rejoin,
      identityFiles: identity.files,
      warnings: [
        ...plan.warnings,
        ...identity.warnings.map((sentence) => warningOf(sentence)),
        ...known.warnings,
        ...warnOfPadding(wish.archive, opened.file()),
        ...(await identity.finish()).map(warnOfRecord),
        ...warnOfUnsynced(ports.gaps),
      ],
    };
  } finally {
    await opened.close();
  }
}

function firstCommandsOf({ first }: RestorePlan, findings: SnapshotFindings): FirstCommands | undefined {
  return first === undefined ? undefined : decideFirstCommands(first, findings.nodes());
}

/** What could not be known before the state had passed; its warnings come behind those of the plan. */
export function learnFromState(plan: RestorePlan, findings: SnapshotFindings): LearntFromState {
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
  const configuration = await configurationFor(ports.host, wish);
  const dataDirectory = wish.dataDirectory ?? configuration.dataDirectory ?? defaultDataDirectory;
  const host = {
    hostname: ports.host.hostname(),
    installedDaemonVersion: wish.daemonVersion === undefined ? await ports.host.installedDaemonVersion() : undefined,
    clusterAddress: configuration.clusterAddress,
    listenAddress: configuration.listenAddress,
    interfaces: await ports.host.interfaces(),
    resolved: await resolveAll(ports.host, namesToResolve(configuration)),
    nowMs: ports.clock.nowMs(),
  };
  const target = await ports.directories.inspect(dataDirectory, daemonSocket(wish, configuration));
  return { request: { ...wish, dataDirectory: target.path }, host, target };
}

/**
 * That of the configuration is the socket of the data directory in the configuration. One that the operator names is meant
 * for the data directory at hand, whichever that is.
 */
function daemonSocket(wish: RestoreWish, configuration: DaemonConfiguration): DaemonSocket {
  const configured = configuration.dataDirectory ?? defaultDataDirectory;
  if (wish.socket === undefined) return { path: configuration.unixSocket ?? defaultSocket, dataDirectory: configured };
  const isConfigured = wish.dataDirectory === undefined || wish.dataDirectory === configured;
  return { path: wish.socket, dataDirectory: isConfigured ? configured : undefined };
}

async function resolveAll(host: HostFacts, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const resolved = new Map<string, string>();
  for (const name of names) {
    const address = await host.resolve(name);
    if (address !== undefined) resolved.set(name, address);
  }
  return resolved;
}

/** An unreadable jacod.yaml matters only where it would decide something. */
async function configurationFor(host: HostFacts, wish: RestoreWish): Promise<DaemonConfiguration> {
  try {
    return await host.daemonConfiguration();
  } catch (error) {
    const { advertiseAddress, grpcAddress, dataDirectory, socket } = wish;
    const needsIt = [advertiseAddress, grpcAddress, dataDirectory, socket].includes(undefined);
    if (needsIt || !isJacoError(error)) throw error;
    return {
      path: undefined,
      clusterAddress: undefined,
      listenAddress: undefined,
      dataDirectory: undefined,
      unixSocket: undefined,
    };
  }
}
