import { experimental } from '@grpc/grpc-js';
import {
  formatNetworkAddress,
  type NetworkAddress,
  parseNetworkAddress,
  withoutZone,
} from '../../domain/values/network-address.js';

const scheme = 'jaco-zoned';

/**
 * The gRPC target of an IPv6 address with a zone ("fe80::1%eth0"). gRPC builds a URL from the target, and a URL has no
 * zones: so we dial the address with its zone, and build the URL without it.
 */
export function zonedTarget(address: NetworkAddress): string {
  experimental.registerResolver(scheme, ZonedAddressResolver);
  return `${scheme}:${formatNetworkAddress(address)}`;
}

type Target = Parameters<typeof experimental.createResolver>[0];
type Listener = experimental.ResolverListener;

/**
 * Resolves the target to the address that it names, once: if it answered again after each failure, gRPC would retry for
 * ever.
 */
class ZonedAddressResolver implements experimental.Resolver {
  readonly #target: Target;
  readonly #listener: Listener;
  #pending: NodeJS.Immediate | undefined;

  constructor(target: Target, listener: Listener) {
    this.#target = target;
    this.#listener = listener;
  }

  updateResolution(): void {
    const endpoints = [{ addresses: [addressOf(this.#target)] }];
    // gRPC relies on getting no answer before this returns or after destroy.
    this.#pending ??= setImmediate(() => this.#listener(experimental.statusOrFromValue(endpoints), {}, null, ''));
  }

  destroy(): void {
    clearImmediate(this.#pending);
    this.#pending = undefined;
  }

  static getDefaultAuthority(target: Target): string {
    const { host, port } = addressOf(target);
    return formatNetworkAddress({ host: withoutZone(host), port });
  }
}

function addressOf({ path }: Target): NetworkAddress {
  return parseNetworkAddress(path) as NetworkAddress;
}
