import { lookup } from 'node:dns/promises';
import { closeSync, openSync, readSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { InterfaceAddress } from '../../domain/cluster/daemon-interface.js';
import { canonicalHost } from '../../domain/values/network-address.js';
import { outputOf } from './program-output.js';

/**
 * The addresses of this machine's interfaces that are up. Node omits interfaces without a carrier (libuv checks
 * IFF_RUNNING), which the daemon counts as up and may pick. Where the kernel has an address that Node omits, `ip` of
 * iproute2 lists them; Node's list stands if there is no such program or it cannot print JSON (BusyBox). Starting `ip`
 * takes a tenth of a small restore, so it is asked only then.
 */
export async function interfaceAddresses(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly InterfaceAddress[]> {
  const running = runningInterfaces();
  const own = ownAddresses();
  const known = new Set(running.map(({ address }) => canonicalHost(address)));
  if (own?.every((address) => known.has(address)) === true) return running;
  const printed = await outputOf('ip', ['-json', 'address', 'show'], environment, 5_000);
  return (printed === undefined ? undefined : readIpOutput(printed)) ?? running;
}

/**
 * The addresses that the kernel takes for its own in this network namespace, those of interfaces without a carrier
 * included: the local routes to one IPv4 address (/proc/net/fib_trie), and IPv6 addresses (/proc/net/if_inet6, proc(5)).
 * Undefined if it does not tell, or has so many routes that reading them takes longer than `ip`.
 */
function ownAddresses(): readonly string[] | undefined {
  const [routes, ipv6] = ['/proc/net/fib_trie', '/proc/net/if_inet6'].map(readTable);
  if (routes === undefined) return undefined;
  const local = routes.matchAll(/\|-- ([0-9.]+)\n(?: +\/[0-9]+ .*\n)*? +\/32 host LOCAL$/gm);
  // Without IPv6 there is no such table.
  const groups = (ipv6 ?? '').matchAll(/^[0-9a-f]{32}(?= )/gm);
  return [
    ...[...local].map(([, address = '']) => address),
    ...[...groups].map(([digits]) => canonicalHost((digits.match(/.{4}/g) ?? []).join(':'))),
  ];
}

const tableLimitBytes = 64 * 1024;

/** A table of the kernel's, which has no size beforehand; undefined if it is not there, or larger than the limit. */
function readTable(path: string): string | undefined {
  const buffer = Buffer.alloc(tableLimitBytes);
  let filled = 0;
  try {
    const file = openSync(path, 'r');
    try {
      for (let count = -1; count !== 0 && filled < buffer.length; filled += count) {
        count = readSync(file, buffer, filled, buffer.length - filled, null);
      }
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
  return filled === buffer.length ? undefined : buffer.toString('latin1', 0, filled);
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
  if (!flags.includes('UP')) return [];
  const internal = flags.includes('LOOPBACK');
  return addresses.flatMap(({ local }: { readonly local?: unknown }) =>
    typeof local === 'string' ? [{ name, address: local, internal }] : [],
  );
}

function runningInterfaces(): readonly InterfaceAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([label, addresses = []]) => {
    // getifaddrs(3) names an alias by its label, "eth0:1".
    const name = label.replace(/:.*$/, '');
    return addresses.map(({ address, internal }) => ({ name, address, internal }));
  });
}
