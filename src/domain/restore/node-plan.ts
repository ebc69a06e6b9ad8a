import type { DataDirectoryInspection } from '../../ports/data-directory-inspector.js';
import { JacoError } from '../errors.js';
import { giveParameter } from '../remedy.js';
import { isHostname, isLinkLocal } from '../values/network-address.js';
import { printable } from '../values/printable-text.js';
import { type Warning, warningOf } from '../warning.js';
import type { AddressSource } from './address-source.js';
import {
  type AddressFacts,
  type AdvertisedAddresses,
  chooseAddresses,
  namesToResolve,
} from './advertised-addresses.js';
import type { RaftVoter } from './raft-store-seed.js';

/** The operator's input about the node that will lead the cluster. */
export interface NodeRequest {
  /** The hostname under which the daemon will start, which is its raft local id. */
  readonly name: string;
  /** host:port of the raft transport, if the operator gives it. */
  readonly advertiseAddress: string | undefined;
  /** host:port of the gRPC server, if the operator gives it. */
  readonly grpcAddress: string | undefined;
  /** Whether the node gets a certificate and key. */
  readonly identity: boolean;
}

/** The facts of the host that decide the node; gathered before planning. */
export interface NodeHost extends AddressFacts {
  readonly hostname: string;
  readonly nowMs: number;
  /** The keyring that the daemon's configuration names, which only daemons that seal their state have. */
  readonly stateKeyFile?: string | undefined;
}

/** The node as the cluster's single voter. */
export interface NodePlan {
  readonly voter: RaftVoter;
  /** Where the voter's address comes from. */
  readonly addressSource: AddressSource;
  /** host:port of the node's gRPC server, which other nodes dial. */
  readonly grpcAddress: string;
  /** Where that comes from. */
  readonly grpcAddressSource: AddressSource;
  /** The names and addresses in the node's certificate, its own name first; undefined if it gets no certificate. */
  readonly identityHosts: readonly string[] | undefined;
  readonly warnings: readonly Warning[];
}

/** What Linux gives a host, in characters (HOST_NAME_MAX, gethostname(2)). A file is named after it, too. */
const longestHostname = 64;

/**
 * Decides the node's name and the addresses that others dial.
 * @throws name_invalid     the name cannot be a hostname
 * @throws address_invalid  an address is not one that other nodes can dial, or the daemon would not start with it
 */
export function planNode(request: NodeRequest, host: NodeHost, target: DataDirectoryInspection): NodePlan {
  if (!isHostname(request.name) || request.name.length > longestHostname) {
    throw new JacoError(
      'name_invalid',
      `the name "${printable(request.name, 80)}" cannot be a hostname: it takes letters, digits, hyphens and dots, at most 63 characters a label and ${longestHostname} in all.`,
      { remedies: [giveParameter('nodeName')] },
    );
  }
  const addresses = chooseAddresses(request, host);
  return {
    voter: { id: request.name, address: addresses.raft.text },
    addressSource: addresses.raft.source,
    grpcAddress: addresses.grpc.text,
    grpcAddressSource: addresses.grpc.source,
    identityHosts: request.identity ? identityHosts(request.name, addresses, host) : undefined,
    warnings: [
      ...nameWarnings(request, host),
      ...addresses.warnings,
      ...directoryWarnings(target),
      ...daemonWarnings(target),
    ],
  };
}

/**
 * Others may dial the node by its name, its advertised addresses, names for them, and the addresses of its interfaces.
 */
function identityHosts(name: string, { raft, grpc }: AdvertisedAddresses, host: NodeHost): readonly string[] {
  const dialled = host.interfaces.filter(({ internal, address }) => !internal && !isLinkLocal(address));
  const own = dialled.map(({ address }) => address);
  const advertised = [raft.host, grpc.host, ...namesToResolve(host)];
  return [...new Set([name, ...advertised, 'localhost', '127.0.0.1', '::1', ...own])];
}

function nameWarnings(request: NodeRequest, host: NodeHost): readonly Warning[] {
  if (request.name === host.hostname) return [];
  return [
    warningOf(
      `this host is called ${printable(host.hostname, 80)}, not ${request.name}: a daemon starts under its hostname and will not find itself in the restored cluster`,
    ),
  ];
}

function directoryWarnings(target: DataDirectoryInspection): readonly Warning[] {
  if (target.kind !== 'missing') return [];
  return [
    warningOf(`${printable(target.path, 4096)} does not exist and will be created for the user who runs this`, {
      kind: 'give-directory-to-daemon',
    }),
  ];
}

function daemonWarnings({ daemon }: DataDirectoryInspection): readonly Warning[] {
  if (daemon.kind !== 'awaited') return [];
  return [
    warningOf(
      `systemd listens on ${daemon.socket} and starts the daemon as soon as somebody connects: until the restore is done, nobody should`,
      { kind: 'stop-socket' },
    ),
  ];
}
