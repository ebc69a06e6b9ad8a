import type { HostFacts } from '../../ports/host-facts.js';
import type { RehearsalNode, RehearsalPlace } from '../../ports/rehearsal-node.js';
import { type LeftBehind, leavingBehind } from '../errors.js';
import { isHostname } from '../values/network-address.js';

/**
 * Rehearses in a new place, which is removed again in any case; what could not be removed is named.
 * @throws what the port and `rehearse` throw, with what is left behind
 */
export async function inThrowAwayPlace<Result>(
  node: Pick<RehearsalNode, 'prepare'>,
  workDirectory: string | undefined,
  rehearse: (place: RehearsalPlace) => Promise<Result>,
): Promise<Result & { readonly leftBehind: readonly LeftBehind[] }> {
  const place = await node.prepare(workDirectory);
  let result: Result;
  try {
    result = await rehearse(place);
  } catch (error) {
    // Everything that the rehearsal itself could not remove was in this directory too.
    throw leavingBehind(error, await place.remove());
  }
  return { ...result, leftBehind: await place.remove() };
}

/** The name to rehearse under: the given one, else this host's, if it is one that a node may have. */
export function rehearsalName(given: string | undefined, host: HostFacts): string {
  const hostname = host.hostname();
  return given ?? (isHostname(hostname) ? hostname : 'rehearsal');
}

/**
 * This host without the facts that decide the addresses of a real restore: a rehearsal must work without a network,
 * reveals no address of this host, and dials its node only on a socket.
 */
export function rehearsalHost(host: HostFacts): HostFacts {
  const nothing = { path: undefined, clusterAddress: undefined, listenAddress: undefined };
  return {
    ...host,
    daemonConfiguration: async () => ({ ...nothing, dataDirectory: undefined, unixSocket: undefined }),
    interfaces: async () => [{ name: 'rehearsal', address: '10.0.0.1', internal: false }],
  };
}
