/** A host and a port. `host` carries no brackets; an IPv6 address is recognised by its colons. */
export interface NetworkAddress {
  readonly host: string;
  readonly port: number;
}

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/**
 * Whether `name` can be a hostname: 1 to 253 characters, dot-separated labels of letters, digits and inner hyphens,
 * at most 63 characters each (RFC 1123, section 2.1).
 */
export function isHostname(name: string): boolean {
  return name.length <= 253 && name.split('.').every((part) => label.test(part));
}

/** Reads `host:port` or `[IPv6]:port`, port 1 to 65535; undefined when it is neither. */
export function parseNetworkAddress(text: string): NetworkAddress | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+(?:%[0-9A-Za-z._~-]+)?)\]|([^:[\]\s/]+)):([0-9]{1,5})$/.exec(text);
  if (match === null) return undefined;
  const port = Number(match[3]);
  if (port < 1 || port > 65535) return undefined;
  const host = match[1] ?? (match[2] as string);
  if (match[1] === undefined ? !isHostname(host) : !isIpv6(host)) return undefined;
  return { host, port };
}

/** Writes an address as `host:port`, an IPv6 host in brackets. */
export function formatNetworkAddress(address: NetworkAddress): string {
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/**
 * Whether another node could dial this host: not the unspecified address that a daemon listens on
 * (0.0.0.0, ::), which reaches nobody but the dialler itself.
 */
export function isSpecificHost(host: string): boolean {
  return !/^(0+(\.0+){0,3}|[0:]+|::ffff:0\.0\.0\.0)$/i.test(host);
}

/** Whether the host is this machine's own loopback, which no other node reaches. */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|127(\.[0-9]+){3}|::1)$/i.test(host);
}

function isIpv6(host: string): boolean {
  const bare = host.split('%')[0] as string;
  const halves = bare.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const embedded = groups.at(-1)?.includes('.') === true ? (groups.pop() as string) : undefined;
  if (embedded !== undefined && !/^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(embedded))
    return false;
  const count = groups.length + (embedded === undefined ? 0 : 2);
  const complete = halves.length === 2 ? count <= 7 : count === 8;
  return complete && groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group));
}
