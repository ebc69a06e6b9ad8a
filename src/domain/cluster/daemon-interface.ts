/** One address of one network interface that is administratively up. The daemon does not check for a carrier. */
export interface InterfaceAddress {
  /** The interface's own name ("eth0"), without the label that an alias may have ("eth0:1"). */
  readonly name: string;
  /** IPv4 or IPv6, without prefix length. */
  readonly address: string;
  /** Whether it is the loopback interface. */
  readonly internal: boolean;
}

const containerBridge = /^(?:docker0$|docker_gwbridge$|br-|veth|virbr)/;
const overlay = /^(?:tailscale|tun|tap|wg|jaco)/;

const ipv4 = /^[0-9]+(?:\.[0-9]+){3}$/;
const privateNetwork = /^(?:10\.|172\.(?:1[6-9]|2[0-9]|3[01])\.|192\.168\.)/;
const carrierGradeNat = /^100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\./;
/** Unspecified, loopback, link-local, multicast (224.0.0.0/4). */
const neverAdvertised = /^(?:0\.0\.0\.0$|127\.|169\.254\.|22[4-9]\.|23[0-9]\.)/;

/**
 * The address that jacod advertises to its peers when jacod.yaml leaves it open, the same for raft and gRPC; undefined
 * if jacod finds no address and does not start. Candidates are the IPv4 addresses on interfaces that are up: private
 * ones before those of overlays, then by interface name, then by address, both compared as text. Container bridges,
 * loopback and link-local addresses never count. A public address counts only on an overlay, which jacod recognises by
 * its name. Source: jacod v0.3.9, internal/daemon/netdetect, run with such interfaces (docs/interoperability.md).
 */
export function pickInterface(addresses: readonly InterfaceAddress[]): InterfaceAddress | undefined {
  const candidates = addresses.map((candidate) => ({ candidate, rank: rankOf(candidate) }));
  const usable = candidates.filter(({ rank }) => rank !== undefined) as { candidate: InterfaceAddress; rank: number }[];
  const [first] = usable.toSorted(
    (a, b) =>
      a.rank - b.rank ||
      compare(a.candidate.name, b.candidate.name) ||
      compare(a.candidate.address, b.candidate.address),
  );
  return first?.candidate;
}

function rankOf({ name, address, internal }: InterfaceAddress): 1 | 2 | undefined {
  if (internal || !ipv4.test(address) || neverAdvertised.test(address) || containerBridge.test(name)) {
    return undefined;
  }
  if (overlay.test(name) || carrierGradeNat.test(address)) return 2;
  return privateNetwork.test(address) ? 1 : undefined;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
