/** A host and a port. `host` carries no brackets; an IPv6 address is recognised by its colons. */
export interface NetworkAddress {
  readonly host: string;
  readonly port: number;
}

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

// Without leading zeros: programs disagree on whether those are octal, and Go refuses them.
const octet = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);

/** Text that looks like an IPv4 address and so is never looked up as a name (RFC 1123, section 2.1). */
const fourNumbers = /^[0-9]+(?:\.[0-9]+){3}$/;

/** The unspecified address in every notation that {@link parseNetworkAddress} reads; IPv4 inside IPv6 included. */
const unspecified = /^(?:0+(?:\.0+){0,3}|[0:]+(?::0+(?:\.0+){3})?|(?:::|(?:0+:){5})ffff:(?:0+(?:\.0+){3}|0+:0+))$/i;

const loopback =
  /^(?:(?:.+\.)?localhost|localhost\.localdomain|(?:(?:::|(?:0+:){5})ffff:)?127(?:\.[0-9]+){3}|(?:::|(?:0+:){7})0*1)$/i;

/**
 * Whether `name` can be a hostname: 1 to 253 characters, dot-separated labels of letters, digits and inner hyphens,
 * at most 63 characters each (RFC 1123, section 2.1).
 */
export function isHostname(name: string): boolean {
  return name.length <= 253 && name.split('.').every((part) => label.test(part));
}

/**
 * Reads `host:port` or `[IPv6]:port`, port 1 to 65535; undefined when it is neither. The host is a hostname or an IPv4
 * address: "10.0.0.256" is neither an address nor a name that can be looked up.
 */
export function parseNetworkAddress(text: string): NetworkAddress | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+(?:%[0-9A-Za-z._~-]+)?)\]|([^:[\]\s/]+)):([0-9]{1,5})$/.exec(text);
  if (match === null) return undefined;
  const port = Number(match[3]);
  if (port < 1 || port > 65535) return undefined;
  const host = match[1] ?? (match[2] as string);
  const usable =
    match[1] === undefined ? isHostname(host) && (ipv4.test(host) || !fourNumbers.test(host)) : isIpv6(host);
  if (!usable) return undefined;
  return { host, port };
}

/** Writes an address as `host:port`, an IPv6 host in brackets. */
export function formatNetworkAddress(address: NetworkAddress): string {
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** Whether the host is an IP address, not a name. */
export function isIpAddress(host: string): boolean {
  return ipv4.test(host) || host.includes(':');
}

/**
 * An IP address as programs print it: IPv6 in the form of RFC 5952, an IPv4 address inside IPv6 as IPv4. Nodes compare
 * addresses as text, so the same address must always have the same text. A name is returned as it is.
 */
export function canonicalHost(host: string): string {
  if (!host.includes(':')) return host;
  const zone = host.slice(withoutZone(host).length);
  const text = new URL(`http://[${withoutZone(host)}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(text);
  if (mapped === null) return text + zone;
  return mapped
    .slice(1)
    .map((group) => Number.parseInt(group, 16))
    .map((group) => `${group >> 8}.${group & 255}`)
    .join('.');
}

/**
 * Whether another node could dial this host: not an unspecified address that a daemon listens on (0.0.0.0, ::), which
 * reaches only the dialler itself.
 */
export function isSpecificHost(host: string): boolean {
  return !unspecified.test(withoutZone(host));
}

/** Whether the host is this machine's own loopback address, or a name for it: no other node reaches it. */
export function isLoopbackHost(host: string): boolean {
  return loopback.test(withoutZone(host));
}

/** Whether the address is valid only on one link (169.254/16, fe80::/10): many interfaces may have it. */
export function isLinkLocal(address: string): boolean {
  return /^(?:169\.254\.|fe[89ab][0-9a-f]:)/i.test(address);
}

function isIpv6(host: string): boolean {
  // The last two groups may be written as an IPv4 address.
  const bare = withoutZone(host).replace(/[^:]+$/, (last) => (ipv4.test(last) ? '0:0' : last));
  const halves = bare.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const complete = halves.length === 2 ? groups.length <= 7 : groups.length === 8;
  return complete && groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group));
}

/** An IPv6 address without its zone ("%eth0"); any other host as it is. */
export function withoutZone(host: string): string {
  return host.split('%')[0] as string;
}
