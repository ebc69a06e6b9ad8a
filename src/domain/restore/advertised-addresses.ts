import { type InterfaceAddress, pickInterface } from '../cluster/daemon-interface.js';
import { JacoError } from '../errors.js';
import { advice, giveParameter, type Remedy } from '../remedy.js';
import {
  canonicalHost,
  formatNetworkAddress,
  isIpAddress,
  isLoopbackHost,
  isSpecificHost,
  type NetworkAddress,
  parseNetworkAddress,
} from '../values/network-address.js';
import { printable } from '../values/printable-text.js';
import { type Warning, warningOf } from '../warning.js';
import { type AddressKey, type AddressSource, describeFoundSource, type FoundAddressSource } from './address-source.js';

/** What decides the node's addresses on this host. */
export interface AddressFacts {
  /** `cluster_addr` of jacod.yaml; undefined if it is not set. */
  readonly clusterAddress: string | undefined;
  /** `listen_addr` of jacod.yaml; undefined if it is not set. */
  readonly listenAddress: string | undefined;
  /** The addresses of this host's interfaces, including those that are down or loopback. */
  readonly interfaces: readonly InterfaceAddress[];
  /** The addresses of {@link namesToResolve} on this host; a name that cannot be resolved is missing. */
  readonly resolved: ReadonlyMap<string, string>;
}

/** The addresses that the operator gave. */
export interface GivenAddresses {
  /** host:port of the raft transport. */
  readonly advertiseAddress: string | undefined;
  /** host:port of the gRPC server. */
  readonly grpcAddress: string | undefined;
}

/** An address that other nodes dial. */
export interface AdvertisedAddress<Source extends AddressSource = AddressSource> {
  /** host:port. */
  readonly text: string;
  /** The host in it, an IPv6 address without brackets. */
  readonly host: string;
  readonly source: Source;
}

/** The two addresses of the restored node. */
export interface AdvertisedAddresses {
  readonly raft: AdvertisedAddress;
  readonly grpc: AdvertisedAddress;
  readonly warnings: readonly Warning[];
}

/** A plane of the daemon: its key in jacod.yaml, the daemon's default for it, and the parameter that overrides it. */
interface Plane {
  readonly name: 'raft address' | 'gRPC address';
  readonly key: AddressKey;
  readonly byDefault: string;
  readonly parameter: 'advertiseAddress' | 'grpcAddress';
  /** What the daemon does with an address without a host. */
  readonly withoutHost: string;
  readonly example: string;
}

const raftPlane: Plane = {
  name: 'raft address',
  key: 'cluster_addr',
  byDefault: '0.0.0.0:7001',
  parameter: 'advertiseAddress',
  withoutHost: 'the daemon does not start raft with it',
  example: '10.0.0.5:7001',
};
const grpcPlane: Plane = {
  name: 'gRPC address',
  key: 'listen_addr',
  byDefault: '0.0.0.0:7000',
  parameter: 'grpcAddress',
  withoutHost: 'the daemon would give other nodes an address that none of them can dial',
  example: '10.0.0.5:7000',
};

/** The value of one key of jacod.yaml. */
type Setting =
  | { readonly kind: 'open' | 'without host'; readonly text: string; readonly port: number }
  | { readonly kind: 'specific'; readonly text: string; readonly address: NetworkAddress }
  | { readonly kind: 'unusable'; readonly text: string };

/** What the daemon will advertise by itself, or why it will not start. */
type Outlook =
  | { readonly kind: 'advertised'; readonly address: AdvertisedAddress<FoundAddressSource> }
  | { readonly kind: 'refused'; readonly reason: string; readonly remedies: readonly Remedy[] };

/**
 * The host names in jacod.yaml that must be resolved before {@link chooseAddresses} can decide what the daemon binds.
 */
export function namesToResolve(facts: Pick<AddressFacts, 'clusterAddress' | 'listenAddress'>): readonly string[] {
  const settings = [read(raftPlane, facts.clusterAddress), read(grpcPlane, facts.listenAddress)];
  return settings.flatMap((setting) =>
    setting.kind === 'specific' && !isIpAddress(setting.address.host) ? [setting.address.host] : [],
  );
}

/**
 * The raft and gRPC address that the daemon will advertise on this host, or that the operator gave. jacod v0.3.9 binds
 * what it advertises: a specific address of jacod.yaml unchanged (a name as the address that it resolves to), and for
 * an unspecified one (0.0.0.0, ::) that of {@link pickInterface}, the same for both.
 * @throws address_invalid  a given address cannot be dialled, or the daemon would not start with these settings
 */
export function chooseAddresses(given: GivenAddresses, facts: AddressFacts): AdvertisedAddresses {
  const raftSetting = read(raftPlane, facts.clusterAddress);
  const grpcSetting = read(grpcPlane, facts.listenAddress);
  const raftOutlook = outlookOf(raftPlane, raftSetting, facts);
  const grpcOutlook = outlookOf(grpcPlane, grpcSetting, facts);
  const givenRaft = readGiven(raftPlane, given.advertiseAddress);
  const raft = givenRaft ?? requireAddress(raftOutlook);
  const grpc =
    readGiven(grpcPlane, given.grpcAddress) ?? besideGiven(givenRaft, grpcSetting) ?? requireAddress(grpcOutlook);
  if (raft.text === grpc.text) {
    throw new JacoError('address_invalid', `raft and gRPC cannot both use ${raft.text}.`, {
      remedies: [advice('Give them different ports: 7001 and 7000 are the usual ones.')],
    });
  }
  const warnings = [
    ...[raft, grpc].flatMap((address) => reachabilityWarnings(address, facts)),
    ...outlookWarnings(raftPlane, raft, raftOutlook),
    ...outlookWarnings(grpcPlane, grpc, grpcOutlook),
  ];
  return { raft, grpc, warnings: [...new Set(warnings)].map((sentence) => warningOf(sentence)) };
}

function read(plane: Plane, value: string | undefined): Setting {
  const text = value ?? plane.byDefault;
  const address = parseNetworkAddress(text);
  if (address === undefined) {
    // ":7001" names only a port.
    const port = parseNetworkAddress(`[::]${text}`)?.port;
    return port === undefined ? { kind: 'unusable', text } : { kind: 'without host', text, port };
  }
  if (isSpecificHost(address.host)) return { kind: 'specific', text, address };
  // The daemon treats "0" as a name, and "::%eth0" as neither a name nor an address.
  const unspecified = isIpAddress(address.host) && !address.host.includes('%');
  return unspecified ? { kind: 'open', text, port: address.port } : { kind: 'unusable', text };
}

function outlookOf(plane: Plane, setting: Setting, facts: AddressFacts): Outlook {
  const { key } = plane;
  const quoted = `${key} "${printable(setting.text, 80)}" of jacod.yaml`;
  const corrected = [
    advice(`Write this node's own address there, for example ${plane.example}.`),
    giveParameter(plane.parameter),
  ];
  switch (setting.kind) {
    case 'unusable':
      return { kind: 'refused', reason: `${quoted} is not a usable host:port`, remedies: corrected };
    case 'without host':
      return { kind: 'refused', reason: `${quoted} names no host: ${plane.withoutHost}`, remedies: corrected };
    case 'open': {
      const picked = pickInterface(facts.interfaces);
      if (picked === undefined) return { kind: 'refused', ...nothingToPick(facts.interfaces) };
      const source = { kind: 'picked', key, setting: setting.text, interfaceName: picked.name } as const;
      return advertised({ host: picked.address, port: setting.port }, source);
    }
    case 'specific': {
      const { host, port } = setting.address;
      if (isIpAddress(host)) return advertised(setting.address, { kind: 'configured', key });
      const resolved = facts.resolved.get(host);
      if (resolved !== undefined && isSpecificHost(resolved)) {
        return advertised({ host: resolved, port }, { kind: 'resolved', key, name: host });
      }
      const reason = `${quoted} is of no use: this host cannot resolve ${host}, and the daemon could not either`;
      return { kind: 'refused', reason, remedies: corrected };
    }
  }
}

function advertised({ host, port }: NetworkAddress, source: FoundAddressSource): Outlook {
  return { kind: 'advertised', address: addressOf({ host, port }, source) };
}

function addressOf<Source extends AddressSource>(
  { host, port }: NetworkAddress,
  source: Source,
): AdvertisedAddress<Source> {
  const canonical = canonicalHost(host);
  return { text: formatNetworkAddress({ host: canonical, port }), host: canonical, source };
}

function nothingToPick(interfaces: readonly InterfaceAddress[]): { reason: string; remedies: readonly Remedy[] } {
  const seen = interfaces
    .filter(({ internal }) => !internal)
    .map(({ name, address }) => `${printable(name, 80)} ${printable(address, 80)}`);
  const found = seen.length === 0 ? 'no address but loopback' : `only ${seen.join(', ')}`;
  return {
    reason: `no interface of this host has a private IPv4 address that the daemon would pick, so it does not start (found ${found})`,
    remedies: [
      advice("Write this node's own address into cluster_addr and listen_addr of jacod.yaml."),
      giveParameter('advertiseAddress'),
    ],
  };
}

function readGiven(plane: Plane, text: string | undefined): AdvertisedAddress | undefined {
  if (text === undefined) return undefined;
  const address = parseNetworkAddress(text);
  if (address === undefined || !isSpecificHost(address.host)) {
    throw new JacoError(
      'address_invalid',
      `the ${plane.name} "${printable(text, 80)}" is not one that other nodes can dial.`,
      { remedies: [giveParameter(plane.parameter, plane.example)] },
    );
  }
  return addressOf(address, { kind: 'given', parameter: plane.parameter });
}

/**
 * A daemon that picks an address uses one host for both planes: the gRPC server is on the host that the operator gave
 * for raft.
 */
function besideGiven(raft: AdvertisedAddress | undefined, setting: Setting): AdvertisedAddress | undefined {
  if (raft === undefined || setting.kind === 'specific' || setting.kind === 'unusable') return undefined;
  return addressOf({ host: raft.host, port: setting.port }, { kind: 'beside-given', setting: setting.text });
}

function requireAddress(outlook: Outlook): AdvertisedAddress {
  if (outlook.kind === 'advertised') return outlook.address;
  throw new JacoError('address_invalid', `${outlook.reason}.`, { remedies: outlook.remedies });
}

function reachabilityWarnings({ text, host }: AdvertisedAddress, { interfaces }: AddressFacts): readonly string[] {
  if (isLoopbackHost(host)) {
    return [`${text} is this machine's own loopback: no other node can join until the address is one that it can dial`];
  }
  if (!isIpAddress(host)) {
    return [
      `${text} is a name: nodes look their leader up by the IP address that it listens on, and under a name they do not find it`,
    ];
  }
  if (interfaces.some(({ address }) => canonicalHost(address) === host)) return [];
  return [`${host} is on no interface of this host that is up: the daemon cannot listen there`];
}

function outlookWarnings(plane: Plane, chosen: AdvertisedAddress, outlook: Outlook): readonly string[] {
  if (outlook.kind === 'refused') {
    return [`${outlook.reason}: correct jacod.yaml before the daemon starts`];
  }
  if (outlook.address.text === chosen.text || !isIpAddress(chosen.host)) return [];
  const { text, source } = outlook.address;
  return [
    `the daemon will listen on ${text} (from ${describeFoundSource(source)}), not on ${chosen.text}: write ${plane.key}: "${chosen.text}" into jacod.yaml before it starts`,
  ];
}
