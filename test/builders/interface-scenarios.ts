import type { InterfaceAddress } from '../../src/domain/cluster/daemon-interface.js';

/** One interface of a host. */
export interface ScenarioInterface {
  readonly name: string;
  /** "10.0.0.5/24"; after an @ the label of an alias. */
  readonly addresses: readonly string[];
  readonly down?: true;
  /** Up, but with nothing at the other end. */
  readonly noCarrier?: true;
}

/** A host's interfaces, and the address that jacod v0.3.9 was seen to pick there (docs/interoperability.md). */
export interface InterfaceScenario {
  readonly what: string;
  readonly interfaces: readonly ScenarioInterface[];
  /** Undefined where it did not start. */
  readonly picked: string | undefined;
}

const on = (name: string, ...addresses: readonly string[]): ScenarioInterface => ({ name, addresses });

/** Each was run with the real daemon in its own network namespace. */
export const interfaceScenarios: readonly InterfaceScenario[] = [
  { what: 'one private address', interfaces: [on('eth0', '10.1.0.5/24')], picked: '10.1.0.5' },
  {
    what: 'a private address behind an overlay that comes first by name',
    interfaces: [on('aaa0', '100.64.5.5/10'), on('eth0', '192.168.1.10/24')],
    picked: '192.168.1.10',
  },
  {
    what: 'docker0 before a private address',
    interfaces: [on('docker0', '172.17.0.1/16'), on('eth0', '192.168.1.10/24')],
    picked: '192.168.1.10',
  },
  {
    what: 'container and virtual bridges alone',
    interfaces: [
      on('docker_gwbridge', '172.18.0.1/16'),
      on('br-3f9a', '172.19.0.1/16'),
      on('veth12', '10.3.0.1/24'),
      on('virbr0', '192.168.122.1/24'),
    ],
    picked: undefined,
  },
  {
    what: 'docker1, which is no name of a container bridge',
    interfaces: [on('docker1', '172.20.0.1/16')],
    picked: '172.20.0.1',
  },
  { what: 'a public address alone', interfaces: [on('eth0', '198.51.100.7/24')], picked: undefined },
  { what: 'an address just beyond 172.16/12', interfaces: [on('eth0', '172.32.0.1/16')], picked: undefined },
  {
    what: 'a public address and an overlay with a private one',
    interfaces: [on('eth0', '198.51.100.7/24'), on('wg0', '10.9.0.1/24')],
    picked: '10.9.0.1',
  },
  {
    what: 'a public address on an overlay, the only case in which one is picked',
    interfaces: [on('eth0', '198.51.100.7/24'), on('tun0', '203.0.113.9/24')],
    picked: '203.0.113.9',
  },
  {
    what: 'two addresses on one interface, compared as text',
    interfaces: [on('eth0', '10.0.0.9/24', '10.0.0.10/24')],
    picked: '10.0.0.10',
  },
  {
    what: 'several interfaces, compared by name as text',
    interfaces: [on('eth2', '10.2.0.1/24'), on('eth10', '10.10.0.1/24'), on('Eth9', '10.99.0.1/24')],
    picked: '10.99.0.1',
  },
  { what: 'a link-local address alone', interfaces: [on('eth0', '169.254.3.3/16')], picked: undefined },
  {
    what: 'a first interface that is down',
    interfaces: [{ ...on('eth0', '10.1.0.5/24'), down: true }, on('eth1', '10.2.0.5/24')],
    picked: '10.2.0.5',
  },
  {
    what: 'a first interface that is up without a carrier',
    interfaces: [{ ...on('eth0', '10.1.0.5/24'), noCarrier: true }, on('eth1', '10.2.0.5/24')],
    picked: '10.1.0.5',
  },
  {
    what: 'a private address on an alias',
    interfaces: [on('eth0', '198.51.100.7/24', '10.1.0.6/24@eth0:1')],
    picked: '10.1.0.6',
  },
  {
    what: 'a private address on an alias of docker0',
    interfaces: [on('docker0', '172.17.0.1/16', '10.1.0.6/24@docker0:1')],
    picked: undefined,
  },
  { what: 'a private address on the loopback interface', interfaces: [on('lo', '10.5.5.5/32')], picked: undefined },
  { what: 'IPv6 alone', interfaces: [on('eth0', 'fd00::5/64')], picked: undefined },
  { what: 'no interface at all', interfaces: [], picked: undefined },
];

/** The facts that an adapter returns for such a host. */
export function factsOf({ interfaces }: InterfaceScenario): readonly InterfaceAddress[] {
  return interfaces
    .filter(({ down }) => down !== true)
    .flatMap(({ name, addresses }) =>
      addresses.map((text) => ({ name, address: text.replace(/\/.*$/, ''), internal: name === 'lo' })),
    );
}
