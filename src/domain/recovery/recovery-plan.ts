import type { DataDirectoryInspection } from '../../ports/data-directory-inspector.js';
import type { LostEntries, RecoveredStoreSeed, StoreSurvey } from '../../ports/surviving-stores.js';
import { requireRoomBehind } from '../archive/snapshot-metadata.js';
import { JacoError } from '../errors.js';
import { advice, giveParameter } from '../remedy.js';
import {
  type FirstCommands,
  type FirstCommandsRequest,
  planFirstCommands,
  refuseContradictions,
} from '../restore/first-commands.js';
import { markerFileName, type RestoreMarker } from '../restore/marker.js';
import { type NodeHost, type NodePlan, type NodeRequest, planNode } from '../restore/node-plan.js';
import { type LearntFromState, learnFromState } from '../restore/restore-archive.js';
import { dataDirectoryNames, logStorePath, snapshotPaths } from '../values/data-directory-layout.js';
import { printable } from '../values/printable-text.js';
import { type Warning, warningOf } from '../warning.js';
import type { StoreFindings } from './store-findings.js';

/** What the operator asked for. */
export interface RecoveryRequest extends Omit<FirstCommandsRequest, 'bare'>, NodeRequest {
  /** The hostname under which the daemon will start, which is its raft local id. */
  readonly name: string;
  /** Whether to go on without what damage has taken away. */
  readonly acceptLoss: boolean;
}

/** Everything that a recovery will do, decided before the first byte is written. */
export interface RecoveryPlan extends Omit<NodePlan, 'voter' | 'warnings'>, Omit<LearntFromState, 'firstCommands'> {
  /** The raft directory that is read. */
  readonly source: string;
  readonly clusterId: string;
  readonly survey: StoreSurvey<StoreFindings>;
  readonly seed: RecoveredStoreSeed;
  readonly marker: RestoreMarker;
  /** The commands after the configuration. */
  readonly firstCommands: FirstCommands;
  /**
   * Paths that will appear, except identity files: those of the raft store, which one rename puts into place, and the
   * marker.
   */
  readonly writes: readonly string[];
  readonly warnings: readonly Warning[];
}

/** What was found in the surviving store. */
export interface SurveyedStore {
  /** Whether its content is encrypted with an external key, as then that of the recovered one is. */
  readonly sealed: boolean;
  readonly raftDirectory: string;
  /** Whether it is the one of the data directory that it is recovered into. */
  readonly inPlace: boolean;
  readonly survey: StoreSurvey<StoreFindings>;
}

/** What to do with a store that cannot be recovered. */
const anotherSource = 'Take the disk of another node, or a backup.';

/**
 * Decides everything about a recovery, and touches nothing.
 * @throws store_damaged     the store holds no cluster, or damage has taken entries away and that is not accepted
 * @throws name_invalid      the name cannot be a hostname
 * @throws address_invalid   an address is not one that other nodes can dial, or the daemon would not start with it
 * @throws request_invalid   a node that is to be removed is this one, or not in the state
 * @throws snapshot_rejected  raft, which counts in 64 bits, could not continue after the last entry
 */
export function planRecovery(
  request: RecoveryRequest,
  { raftDirectory, sealed, inPlace, survey }: SurveyedStore,
  host: NodeHost,
  target: DataDirectoryInspection,
): RecoveryPlan {
  const node = planNode(request, host, target);
  const commandsRequest = { ...request, bare: false };
  refuseContradictions(commandsRequest);
  const findings = survey.visitor;
  const clusterId = findings.clusterId();
  if (survey.lost !== undefined && clusterId === '') throw nothingUsable(survey.lost, survey.faults, raftDirectory);
  if (survey.lost !== undefined && !request.acceptLoss) throw lossy(survey.lost, raftDirectory);
  if (clusterId === '') throw noCluster(raftDirectory);
  const index = survey.lastIndex + 1n;
  const { currentTerm, lastTerm } = survey;
  // The engine writes a term down before any entry of that term, so only damage could leave a lower one.
  const term = [currentTerm, lastTerm].sort((one, other) => (one < other ? 1 : -1))[0] as bigint;
  requireRoomBehind(
    { snapshotIndex: index, snapshotTerm: term },
    { stands: 'the recovered store would stand', advice: anotherSource },
  );
  const marker: RestoreMarker = {
    clusterId,
    snapshotIndex: survey.lastIndex,
    takenAt: new Date(survey.lastAppendedAtMs ?? host.nowMs).toISOString(),
    importedAt: new Date(host.nowMs).toISOString(),
  };
  const { voter, grpcAddress, identityHosts } = node;
  const dataDirectory = target.path;
  const first = planFirstCommands(commandsRequest, { voter, grpcAddress, marker, atMs: host.nowMs });
  const learnt = learnFromState({ first, identityHosts, seed: { voter } }, findings);
  return {
    source: raftDirectory,
    clusterId,
    survey,
    seed: {
      dataDirectory,
      owner: target.owner,
      voter,
      index,
      term,
      keptAs: inPlace ? `${dataDirectory}/${dataDirectoryNames.keptRaft}${host.nowMs}` : undefined,
    },
    marker,
    firstCommands: learnt.firstCommands as FirstCommands,
    rejoin: learnt.rejoin,
    addressSource: node.addressSource,
    grpcAddress,
    grpcAddressSource: node.grpcAddressSource,
    identityHosts,
    writes: writesOf(dataDirectory, survey),
    warnings: [
      ...node.warnings,
      ...(sealed || host.stateKeyFile === undefined ? [] : [staysPlain]),
      ...survey.faults.map((fault) => warningOf(withoutStop(fault))),
      ...(survey.lost === undefined ? [] : [warningOf(`${withoutStop(survey.lost.reason)}: ${lossOf(survey.lost)}`)]),
      ...learnt.warnings,
    ],
  };
}

const staysPlain = warningOf(
  'the store is plain and stays so, but jacod.yaml names a keyring (state_key_file): a daemon that seals its state boots no plain store',
);

function writesOf(dataDirectory: string, { snapshot }: SurveyedStore['survey']): readonly string[] {
  const raft = `${dataDirectory}/${dataDirectoryNames.raft}`;
  const files = snapshot === undefined ? [] : [snapshotPaths(snapshot.id).state, snapshotPaths(snapshot.id).meta];
  return [
    ...files.map((file) => `${raft}/${file}`),
    `${dataDirectory}/${logStorePath}`,
    `${dataDirectory}/${markerFileName}`,
  ];
}

/** What is lost, as a clause. */
export function lossOf({ from, to, visitor }: LostEntries<StoreFindings>): string {
  if (to === undefined) return `everything from index ${from} on is lost, and the disk does not tell what that was`;
  const entries = from === to ? `log entry ${from} is` : `log entries ${from} to ${to} are`;
  const kinds = visitor.kinds().map(({ kind, count }) => `${count} × ${kind}`);
  const told = kinds.length === 0 ? 'and no command there can be read' : `among them ${kinds.join(', ')}`;
  return `${entries} lost, ${told}`;
}

function lossy(lost: LostEntries<StoreFindings>, raftDirectory: string): JacoError {
  return new JacoError('store_damaged', `${withoutStop(lost.reason)}: ${lossOf(lost)}.`, {
    remedies: [advice(anotherSource), giveParameter('acceptedLoss')],
    details: {
      path: raftDirectory,
      from: String(lost.from),
      ...(lost.to === undefined ? {} : { to: String(lost.to) }),
    },
  });
}

/** Damage reaches back to where the cluster is named, so that accepting the loss would not help. */
function nothingUsable(
  { reason }: LostEntries<StoreFindings>,
  faults: readonly string[],
  raftDirectory: string,
): JacoError {
  const seen = [...new Set([...faults, reason])].map(withoutStop).join('; ');
  return new JacoError(
    'store_damaged',
    `nothing that can be used is left in ${printable(raftDirectory, 4096)}: neither a snapshot nor the log before the damage names a cluster; ${seen}.`,
    { remedies: [advice(anotherSource)], details: { path: raftDirectory } },
  );
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, '');
}

function noCluster(raftDirectory: string): JacoError {
  return new JacoError(
    'store_damaged',
    `${printable(raftDirectory, 4096)} names no cluster: its node was never a member of one.`,
    { remedies: [advice('Take the disk of another node.')], details: { path: raftDirectory } },
  );
}
