import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import type { InterfaceAddress } from '../../domain/cluster/daemon-interface.js';
import { outputOf } from './program-output.js';

/**
 * The addresses of this machine's interfaces. Node omits interfaces without a carrier (libuv checks IFF_RUNNING), which
 * the daemon counts as up and may pick. So this uses `ip` of iproute2, and Node's list only if there is no such program
 * or it cannot print JSON (BusyBox).
 */
export async function interfaceAddresses(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly InterfaceAddress[]> {
  const printed = await outputOf('ip', ['-json', 'address', 'show'], environment, 5_000);
  return (printed === undefined ? undefined : readIpOutput(printed)) ?? runningInterfaces();
}

/** The address that the system's resolver gives for a name, IPv4 first as Go's net.Listen takes it. */
export async function resolveName(name: string): Promise<string | undefined> {
  try {
    const addresses = await lookup(name, { all: true });
    return (addresses.find(({ family }) => family === 4) ?? addresses[0])?.address;
  } catch {
    return undefined;
  }
}

/** Parses the output of `ip -json address show`; undefined if it has another form. */
function readIpOutput(text: string): readonly InterfaceAddress[] | undefined {
  let links: unknown;
  try {
    links = JSON.parse(text);
  } catch {
    return undefined;
  }
  return Array.isArray(links) ? links.flatMap(addressesOfLink) : undefined;
}

function addressesOfLink(link: {
  readonly ifname?: unknown;
  readonly flags?: unknown;
  readonly addr_info?: unknown;
}): readonly InterfaceAddress[] {
  const { ifname: name, flags, addr_info: addresses } = link;
  if (typeof name !== 'string' || !Array.isArray(flags) || !Array.isArray(addresses)) return [];
  const [up, internal] = [flags.includes('UP'), flags.includes('LOOPBACK')];
  return addresses.flatMap(({ local }: { readonly local?: unknown }) =>
    typeof local === 'string' ? [{ name, address: local, up, internal }] : [],
  );
}

function runningInterfaces(): readonly InterfaceAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([label, addresses = []]) => {
    // getifaddrs(3) names an alias by its label, "eth0:1".
    const name = label.replace(/:.*$/, '');
    return addresses.map(({ address, internal }) => ({ name, address, up: true, internal }));
  });
}
