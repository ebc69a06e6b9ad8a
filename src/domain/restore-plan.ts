import type { DataDirectoryInspection } from '../ports/data-directory-inspector.js';
import { chooseDaemonVersion, type DaemonVersion, type Fit, judgeVersions } from './daemon-version.js';
import { JacoError } from './errors.js';
import { markerFileName, type RestoreMarker } from './marker.js';
import {
  formatNetworkAddress,
  isHostname,
  isLoopbackHost,
  isSpecificHost,
  parseNetworkAddress,
} from './network-address.js';
import { printable } from './printable-text.js';
import type { RaftStoreSeed } from './raft-store-seed.js';
import { checkMetadata, requireRestorableSchema, type SnapshotMetadata } from './snapshot-metadata.js';

/** What the operator asked for. */
export interface RestoreRequest {
  readonly archive: string;
  /** `--name`: the hostname under which the daemon will start, which is its raft local id. */
  readonly name: string;
  /** `--advertise-addr`. */
  readonly advertiseAddress: string | undefined;
  /** `--daemon-version`. */
  readonly daemonVersion: string | undefined;
  /** `--data-dir` or JACO_DATA_DIR, absolute. */
  readonly dataDirectory: string;
  /** Whether the node gets a certificate and key; `--no-identity` says no. */
  readonly identity: boolean;
}

/** What the plan must know of the host; gathered before planning. */
export interface RestoreHost {
  readonly hostname: string;
  /** What `jacod --version` said; undefined without one. */
  readonly installedDaemonVersion: string | undefined;
  /** `cluster_addr` of jacod.yaml; undefined without one. */
  readonly clusterAddress: string | undefined;
  /** The IP addresses of its interfaces, loopback excepted. */
  readonly addresses: readonly string[];
  readonly nowMs: number;
}

/** Everything that a restore will do, decided before the first byte is written. */
export interface RestorePlan {
  readonly archive: string;
  readonly metadata: SnapshotMetadata;
  readonly seed: RaftStoreSeed;
  readonly marker: RestoreMarker;
  /** Which daemon version the archive was judged against, and where it comes from. */
  readonly daemonVersion: DaemonVersion;
  readonly compatibility: Fit;
  /** For whom the node's certificate will be valid, its name first; undefined when it gets none. */
  readonly identityHosts: readonly string[] | undefined;
  /** Where the voter's address comes from. */
  readonly addressSource: string;
  /** Paths that will appear: those of the raft store, which one rename makes real, and the marker. */
  readonly writes: readonly string[];
  readonly warnings: readonly string[];
}

/** The port of raft's transport (wire facts: gRPC 7000, raft 7001). */
export const raftPort = 7001;

/**
 * Decides everything about a restore, and touches nothing.
 * @throws schema_unsupported, archive_rejected, snapshot_rejected  the archive cannot be restored
 * @throws name_invalid          `--name` cannot be a hostname
 * @throws address_invalid       the voter's address is not one that other nodes can dial
 * @throws version_incompatible  the versions do not fit
 */
export function planRestore(
  request: RestoreRequest,
  metadata: SnapshotMetadata,
  host: RestoreHost,
  target: DataDirectoryInspection,
): RestorePlan {
  requireRestorableSchema(metadata);
  checkMetadata(metadata);
  if (!isHostname(request.name)) {
    throw new JacoError(
      'name_invalid',
      `--name "${printable(request.name, 80)}" cannot be a hostname: it takes letters, digits, hyphens and dots, at most 63 characters a label.`,
      { nextStep: 'Give the hostname under which the daemon will start, for example --name $(hostname).' },
    );
  }
  const daemonVersion = chooseDaemonVersion(request.daemonVersion, host.installedDaemonVersion);
  const compatibility = judgeVersions(metadata, daemonVersion);
  const address = chooseAddress(request, host);
  const seed: RaftStoreSeed = {
    dataDirectory: request.dataDirectory,
    snapshotId: `${metadata.snapshotTerm}-${metadata.snapshotIndex}-${host.nowMs}`,
    index: metadata.snapshotIndex,
    term: metadata.snapshotTerm,
    configurationIndex: 1n,
    voter: { id: request.name, address: address.text },
    owner: target.owner,
  };
  return {
    archive: request.archive,
    metadata,
    seed,
    marker: {
      clusterId: metadata.clusterId,
      snapshotIndex: metadata.snapshotIndex,
      takenAt: metadata.takenAt,
      importedAt: new Date(host.nowMs).toISOString(),
    },
    daemonVersion,
    compatibility,
    identityHosts: request.identity ? identityHosts(request.name, address.host, host.addresses) : undefined,
    addressSource: address.source,
    writes: [
      `${request.dataDirectory}/raft/snapshots/${seed.snapshotId}/state.bin`,
      `${request.dataDirectory}/raft/snapshots/${seed.snapshotId}/meta.json`,
      `${request.dataDirectory}/raft/log.db`,
      `${request.dataDirectory}/${markerFileName}`,
      ...(request.identity ? identityWrites(request) : []),
    ],
    warnings: [
      ...(compatibility.kind === 'compatible-with-warning' ? [compatibility.warning] : []),
      ...nameWarnings(request, host),
      ...address.warnings,
      ...directoryWarnings(target),
    ],
  };
}

/** The node is dialled under its name, the address that raft knows, and whatever its interfaces have. */
function identityHosts(name: string, voterHost: string, addresses: readonly string[]): readonly string[] {
  return [...new Set([name, voterHost, 'localhost', '127.0.0.1', '::1', ...addresses])];
}

/** Those that are there already are kept. */
function identityWrites({ dataDirectory, name }: RestoreRequest): readonly string[] {
  return ['ca.crt', `${name}.crt`, `${name}.key`].map((file) => `${dataDirectory}/node/${file}`);
}

/**
 * Says no to a restore that would hurt what is there. This is the only place that does, and it runs before the first write.
 * @throws raft_store_exists, daemon_running, permission_denied, storage_failed
 */
export function refuseUnlessSafe(target: DataDirectoryInspection): void {
  const into = `cannot restore into ${printable(target.path, 4096)}`;
  if (target.kind === 'not-a-directory') {
    throw new JacoError('storage_failed', `${into}: it is not a directory.`, {
      nextStep: 'Point JACO_DATA_DIR or --data-dir at a directory.',
    });
  }
  if (target.runningDaemon !== undefined) {
    throw new JacoError('daemon_running', `${into}: a daemon is running, ${target.runningDaemon}.`, {
      nextStep: 'Stop it first: sudo systemctl stop jaco.',
    });
  }
  if (target.existingRaftStore !== undefined) {
    throw new JacoError('raft_store_exists', `${into}: ${target.existingRaftStore} already exists.`, {
      nextStep: 'Point JACO_DATA_DIR at a fresh directory, or move the old one away.',
    });
  }
  if (!target.writable) {
    throw new JacoError('permission_denied', `${into}: permission denied.`, {
      nextStep: 'Run it with sudo.',
    });
  }
}

interface ChosenAddress {
  readonly text: string;
  /** The host in it. */
  readonly host: string;
  readonly source: string;
  readonly warnings: readonly string[];
}

/**
 * The voter's address must be one that other nodes can dial: with a bare hostname or 0.0.0.0 the restored node would
 * be unreachable as soon as another one leads.
 */
function chooseAddress(request: RestoreRequest, host: RestoreHost): ChosenAddress {
  if (request.advertiseAddress !== undefined) {
    const address = parseNetworkAddress(request.advertiseAddress);
    if (address === undefined || !isSpecificHost(address.host)) {
      throw new JacoError(
        'address_invalid',
        `--advertise-addr "${printable(request.advertiseAddress, 80)}" is not an address that other nodes can dial.`,
        { nextStep: "Give the host:port of this node's raft transport, for example 10.0.0.5:7001." },
      );
    }
    return warnOfLoopback(formatNetworkAddress(address), address.host, '--advertise-addr');
  }
  if (host.clusterAddress !== undefined) {
    const address = parseNetworkAddress(host.clusterAddress);
    if (address !== undefined && isSpecificHost(address.host)) {
      return warnOfLoopback(formatNetworkAddress(address), address.host, 'cluster_addr of jacod.yaml');
    }
    if (address !== undefined) return byName(request, address.port, 'the port from cluster_addr of jacod.yaml');
    // ":7001" is how Go writes "every address of this host".
    const portOnly = parseNetworkAddress(`[::]${host.clusterAddress}`);
    if (portOnly !== undefined) return byName(request, portOnly.port, 'the port from cluster_addr of jacod.yaml');
    throw new JacoError(
      'address_invalid',
      `cluster_addr "${printable(host.clusterAddress, 80)}" of jacod.yaml is not a host:port.`,
      { nextStep: 'Correct it, or give --advertise-addr host:port.' },
    );
  }
  return byName(request, raftPort, "raft's usual port");
}

function byName(request: RestoreRequest, port: number, portSource: string): ChosenAddress {
  const text = `${request.name}:${port}`;
  if (parseNetworkAddress(text) === undefined || !isSpecificHost(request.name)) {
    throw new JacoError('address_invalid', `--name "${request.name}" makes no address that other nodes can dial.`, {
      nextStep: "Give the host:port of this node's raft transport with --advertise-addr.",
    });
  }
  const chosen = warnOfLoopback(text, request.name, `--name and ${portSource}`);
  if (chosen.warnings.length > 0) return chosen;
  const warning = `other nodes must be able to resolve ${request.name}; otherwise give --advertise-addr host:port`;
  return { ...chosen, warnings: [warning] };
}

function warnOfLoopback(text: string, addressHost: string, source: string): ChosenAddress {
  const warnings = isLoopbackHost(addressHost)
    ? [`${text} is this machine's own loopback: no other node can join until the address is one that it can dial`]
    : [];
  return { text, host: addressHost, source, warnings };
}

function nameWarnings(request: RestoreRequest, host: RestoreHost): string[] {
  if (request.name === host.hostname) return [];
  return [
    `this host is called ${printable(host.hostname, 80)}, not ${request.name}: a daemon starts under its hostname and will not find itself in the restored cluster`,
  ];
}

function directoryWarnings(target: DataDirectoryInspection): string[] {
  if (target.kind !== 'missing') return [];
  return [
    `${printable(target.path, 4096)} does not exist and will be created for the user who runs this: give it to the daemon's user afterwards (chown -R jaco:jaco)`,
  ];
}
