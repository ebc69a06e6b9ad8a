import { printable } from '../values/printable-text.js';

/** The key of jacod.yaml that decides an address. */
export type AddressKey = 'cluster_addr' | 'listen_addr';

/** Where the daemon itself takes an address from. */
export type FoundAddressSource =
  | { readonly kind: 'configured'; readonly key: AddressKey }
  /** The configuration has a name, which resolves to the address on this host. */
  | { readonly kind: 'resolved'; readonly key: AddressKey; readonly name: string }
  /** The configuration leaves it open (`setting`, such as 0.0.0.0:7001), and the daemon picks an interface. */
  | { readonly kind: 'picked'; readonly key: AddressKey; readonly setting: string; readonly interfaceName: string };

/** Where an address of the restored node comes from. */
export type AddressSource =
  | { readonly kind: 'given'; readonly parameter: 'advertiseAddress' | 'grpcAddress' }
  /** The host of the raft address that was given, and the port of `listen_addr`, which has the text `setting`. */
  | { readonly kind: 'beside-given'; readonly setting: string }
  | FoundAddressSource;

/** Where the daemon takes an address from, to follow "from …". */
export function describeFoundSource(source: FoundAddressSource): string {
  switch (source.kind) {
    case 'configured':
      return `${source.key} of jacod.yaml`;
    case 'resolved':
      return `${source.key} of jacod.yaml, where ${source.name} stands for it on this host`;
    case 'picked':
      return `interface ${printable(source.interfaceName, 80)}, which the daemon picks for ${source.key} ${source.setting}`;
  }
}
