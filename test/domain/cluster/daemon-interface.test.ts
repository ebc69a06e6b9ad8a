import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type InterfaceAddress, pickInterface } from '../../../src/domain/cluster/daemon-interface.js';
import { factsOf, interfaceScenarios } from '../../builders/interface-scenarios.js';

const test = suite('the interface that the daemon picks');

for (const scenario of interfaceScenarios) {
  test(`is what the real daemon picked: ${scenario.what}`, () => {
    assert.is(pickInterface(factsOf(scenario))?.address, scenario.picked);
    assert.is(pickInterface([...factsOf(scenario)].reverse())?.address, scenario.picked, 'in another order');
  });
}

const rank = (name: string, address: string, reference: InterfaceAddress): boolean =>
  pickInterface([{ name, address, internal: false }, reference])?.address === address;
/** Preferred to every other overlay, and to no private address. */
const lastPrivate = { name: '~', address: '192.168.255.255', internal: false };
const nothingBetter = { name: 'docker0', address: '10.0.0.1', internal: false };

for (const [name, address, kind] of [
  ['eth0', '10.255.255.255', 'private'],
  ['eth0', '172.16.0.1', 'private'],
  ['eth0', '172.31.255.255', 'private'],
  ['br0', '192.168.0.1', 'private'],
  ['dockerx', '10.0.0.9', 'private'],
  ['eth0', '100.64.0.0', 'overlay'],
  ['eth0', '100.127.255.255', 'overlay'],
  ['tailscale0', '100.100.1.1', 'overlay'],
  ['tap3', '192.168.1.1', 'overlay'],
  ['jaco0', '10.0.0.99', 'overlay'],
  ['eth0', '100.63.255.255', 'none'],
  ['eth0', '100.128.0.0', 'none'],
  ['eth0', '172.15.255.255', 'none'],
  ['eth0', '192.169.0.1', 'none'],
  ['eth0', '11.0.0.1', 'none'],
  ['wg0', '127.0.0.5', 'none'],
  ['wg0', '169.254.0.1', 'none'],
  ['wg0', '224.0.0.1', 'none'],
  ['wg0', '239.255.255.255', 'none'],
  ['wg0', '0.0.0.0', 'none'],
  ['wg0', 'fd00::1', 'none'],
  ['virbr1', '100.64.0.1', 'none'],
] as const) {
  test(`counts ${address} on ${name} as ${kind}`, () => {
    assert.is(rank(name, address, lastPrivate), kind === 'private');
    assert.is(rank(name, address, nothingBetter), kind !== 'none');
  });
}

test.run();
