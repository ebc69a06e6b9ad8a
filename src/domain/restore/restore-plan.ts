import type { DataDirectoryInspection } from '../../ports/data-directory-inspector.js';
import type { StateKeyring } from '../../ports/state-keyring.js';
import { type ArchiveSchema, requireReadable, requireRestorable } from '../archive/archive-schema.js';
import { chooseDaemonVersion, type DaemonVersion, type Fit, judgeVersions } from '../archive/daemon-version.js';
import type { SnapshotFacts } from '../archive/snapshot-metadata.js';
import { JacoError } from '../errors.js';
import { advice, checkParameters, giveParameter } from '../remedy.js';
import type { ArchiveLocation } from '../values/archive-location.js';
import { dataDirectoryNames, logStorePath, snapshotPaths } from '../values/data-directory-layout.js';
import { printable } from '../values/printable-text.js';
import { type Warning, warningOf } from '../warning.js';
import type { AddressSource } from './address-source.js';
import {
  type FirstCommandsPlan,
  type FirstCommandsRequest,
  planFirstCommands,
  refuseContradictions,
} from './first-commands.js';
import { markerFileName, type RestoreMarker } from './marker.js';
import { type NodeHost, type NodeRequest, planNode } from './node-plan.js';
import type { RaftStoreSeed } from './raft-store-seed.js';
import { chooseStore, type StoreChoice, type StoreHost, type StoreRequest } from './store-choice.js';
import type { Undertaking } from './undertaking.js';

/** What the operator asked for. */
export interface RestoreRequest extends FirstCommandsRequest, NodeRequest, StoreRequest {
  readonly archive: ArchiveLocation;
  /** The hostname under which the daemon will start, which is its raft local id. */
  readonly name: string;
  /** The version to judge the archive against; undefined: that of this host. */
  readonly daemonVersion: string | undefined;
  /** The id of the only cluster whose archive may be restored; undefined: any. */
  readonly expectedCluster?: string | undefined;
  /** Absolute. */
  readonly dataDirectory: string;
}

/** The facts of the host that the plan needs; gathered before planning. */
export interface RestoreHost extends NodeHost, StoreHost {
  /** The output of `jacod --version`; undefined without jacod. */
  readonly installedDaemonVersion: string | undefined;
}

/** Everything that a restore will do, decided before the first byte is written. */
export interface RestorePlan {
  readonly archive: ArchiveLocation;
  readonly metadata: SnapshotFacts;
  readonly seed: RaftStoreSeed;
  /** Which store is made, and why. */
  readonly store: Pick<StoreChoice, 'keyId' | 'reason'>;
  /** Decides the first entry of the log, together with the state; undefined if the log stays empty. */
  readonly first: FirstCommandsPlan | undefined;
  readonly marker: RestoreMarker;
  /** The daemon version that the archive was judged against, and its origin. */
  readonly daemonVersion: DaemonVersion;
  readonly compatibility: Fit;
  /** The names and addresses in the node's certificate, its own name first; undefined if it gets no certificate. */
  readonly identityHosts: readonly string[] | undefined;
  /** Where the voter's address comes from. */
  readonly addressSource: AddressSource;
  /** host:port of the node's gRPC server, which other nodes dial. */
  readonly grpcAddress: string;
  /** Where that comes from. */
  readonly grpcAddressSource: AddressSource;
  /**
   * Paths that will appear, except identity files: those of the raft store, which one rename puts into place, and the
   * marker.
   */
  readonly writes: readonly string[];
  readonly warnings: readonly Warning[];
}

/**
 * Decides everything about a restore, and touches nothing. `keyring` is what a plain archive may be sealed under.
 * @throws schema_unsupported, archive_rejected, snapshot_rejected  the archive cannot be restored
 * @throws name_invalid          the name cannot be a hostname
 * @throws address_invalid       an address is not one that other nodes can dial, or the daemon would not start with it
 * @throws cluster_mismatch     the archive is of another cluster than the request expects
 * @throws version_incompatible  the versions are not compatible
 * @throws store_mismatch, request_invalid  the daemon does not boot what the archive may become
 */
export function planRestore(
  request: RestoreRequest,
  schema: ArchiveSchema,
  host: RestoreHost,
  target: DataDirectoryInspection,
  keyring?: StateKeyring,
): RestorePlan {
  const metadata = requireRestorable(schema);
  refuseOtherCluster(metadata, request);
  const daemonVersion = chooseDaemonVersion(request.daemonVersion, host.installedDaemonVersion);
  const store = chooseStore(request, requireReadable(schema), { ...host, daemonVersion }, keyring);
  const node = planNode(request, host, target);
  refuseContradictions(request);
  const compatibility = judgeVersions(metadata, daemonVersion);
  const seed: RaftStoreSeed = {
    dataDirectory: request.dataDirectory,
    snapshotId: `${metadata.snapshotTerm}-${metadata.snapshotIndex}-${host.nowMs}`,
    index: metadata.snapshotIndex,
    term: metadata.snapshotTerm,
    configurationIndex: 1n,
    voter: node.voter,
    seal: store.seal,
    owner: target.owner,
  };
  const marker: RestoreMarker = {
    clusterId: metadata.clusterId,
    snapshotIndex: metadata.snapshotIndex,
    takenAt: metadata.takenAt,
    importedAt: new Date(host.nowMs).toISOString(),
  };
  const { grpcAddress } = node;
  const snapshot = snapshotPaths(seed.snapshotId);
  return {
    archive: request.archive,
    metadata,
    seed,
    store,
    first: planFirstCommands(request, { voter: seed.voter, grpcAddress, marker, atMs: host.nowMs }),
    marker,
    daemonVersion,
    compatibility,
    identityHosts: node.identityHosts,
    addressSource: node.addressSource,
    grpcAddress,
    grpcAddressSource: node.grpcAddressSource,
    writes: [
      `${request.dataDirectory}/${dataDirectoryNames.raft}/${snapshot.state}`,
      `${request.dataDirectory}/${dataDirectoryNames.raft}/${snapshot.meta}`,
      `${request.dataDirectory}/${logStorePath}`,
      `${request.dataDirectory}/${markerFileName}`,
    ],
    warnings: [
      ...(compatibility.kind === 'compatible-with-warning' ? [warningOf(compatibility.warning)] : []),
      ...store.warnings,
      ...node.warnings,
    ],
  };
}

/**
 * meta.json alone could be edited; that the state is of the same cluster is checked while it passes
 * (snapshot-acceptance.ts).
 * @throws cluster_mismatch
 */
function refuseOtherCluster({ clusterId }: SnapshotFacts, { expectedCluster }: RestoreRequest): void {
  if (expectedCluster === undefined || expectedCluster === clusterId) return;
  throw new JacoError(
    'cluster_mismatch',
    `the archive is of cluster ${printable(clusterId, 512)}, not of the expected ${printable(expectedCluster, 512)}.`,
    {
      remedies: [advice('Give a backup of the expected cluster.'), checkParameters('expectedCluster')],
      details: { clusterId, expectedCluster },
    },
  );
}

/**
 * Refuses what would damage existing data. Runs before the first write; the adapters refuse what appears
 * later. `intoForeign` allows a directory that holds something else.
 * @throws raft_store_exists, daemon_running, daemon_unknown, directory_foreign, permission_denied, storage_failed
 */
export function refuseUnlessSafe(
  target: DataDirectoryInspection,
  { verb, noun }: Undertaking,
  intoForeign = false,
): void {
  const into = `cannot ${verb} into ${printable(target.path, 4096)}`;
  if (target.kind === 'not-a-directory') {
    throw new JacoError('storage_failed', `${into}: it is not a directory.`, {
      remedies: [giveParameter('dataDirectory')],
    });
  }
  if (target.daemon.kind === 'running') {
    throw new JacoError(
      'daemon_running',
      `${into}: a daemon is running: ${target.daemon.evidence}${target.daemon.certain ? '' : ', and may serve another data directory'}.`,
      {
        remedies: target.daemon.certain
          ? [{ kind: 'stop-daemon' }]
          : [{ kind: 'stop-daemon' }, { kind: 'name-socket-of-directory' }],
      },
    );
  }
  if (target.daemon.kind === 'unknown') {
    throw new JacoError('daemon_unknown', `${into}: cannot tell whether a daemon runs: ${target.daemon.reason}.`, {
      remedies: [advice('Run it as root, on the host of the daemon; a socket that is left over can be removed.')],
    });
  }
  if (target.existingRaftStore !== undefined) {
    throw new JacoError('raft_store_exists', `${into}: ${target.existingRaftStore} already exists.`, {
      remedies: [{ kind: 'use-fresh-data-directory' }, advice('Move the old one away.')],
    });
  }
  if (target.foreignMarker) {
    throw new JacoError('directory_foreign', `${into}: ${markerFileName} is there, and is not a restore marker.`, {
      remedies: [advice(`Move it away: the marker of this ${noun} would replace it.`)],
    });
  }
  if (target.foreignEntry !== undefined && !intoForeign) {
    const found = printable(target.foreignEntry, 300);
    throw new JacoError('directory_foreign', `${into}: it holds ${found}, and nothing that a daemon keeps.`, {
      remedies: [advice('Name the data directory of the daemon.'), giveParameter('intoOtherFiles')],
    });
  }
  if (!target.writable) {
    throw new JacoError('permission_denied', `${into}: permission denied.`, {
      remedies: [{ kind: 'run-as', users: ['root'] }],
    });
  }
}
