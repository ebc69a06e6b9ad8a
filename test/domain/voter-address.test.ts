import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { planRestore, type RestoreHost, type RestoreRequest } from '../../src/domain/restore-plan.js';
import { host, inspection, metadata, request } from './builders.js';
import { refusalOf } from './refusal.js';

const test = suite("the voter's address");

function plan(changes: Partial<RestoreRequest> & Partial<Pick<RestoreHost, 'clusterAddress' | 'hostname'>>) {
  const { clusterAddress, hostname = changes.name ?? 'node-1', ...wish } = changes;
  return planRestore(request(wish), metadata(), host({ clusterAddress, hostname }), inspection());
}

for (const { what, given, address, source } of [
  {
    what: '--advertise-addr before everything else',
    given: { advertiseAddress: '192.0.2.9:7100', clusterAddress: '10.0.0.7:7001' },
    address: '192.0.2.9:7100',
    source: '--advertise-addr',
  },
  {
    what: '--advertise-addr before a cluster_addr that cannot be read',
    given: { advertiseAddress: 'node-1.example:7001', clusterAddress: 'nonsense' },
    address: 'node-1.example:7001',
    source: '--advertise-addr',
  },
  {
    what: 'an IPv6 address from --advertise-addr, in brackets',
    given: { advertiseAddress: '[2001:db8::9]:7001' },
    address: '[2001:db8::9]:7001',
    source: '--advertise-addr',
  },
  {
    what: 'cluster_addr when its host is specific',
    given: { clusterAddress: '10.0.0.7:7100' },
    address: '10.0.0.7:7100',
    source: 'cluster_addr of jacod.yaml',
  },
  {
    what: 'an IPv6 address from cluster_addr, in brackets',
    given: { clusterAddress: '[2001:db8::7]:7001' },
    address: '[2001:db8::7]:7001',
    source: 'cluster_addr of jacod.yaml',
  },
  ...['0.0.0.0:7100', '[::]:7100', '[::ffff:0.0.0.0]:7100', ':7100'].map((clusterAddress) => ({
    what: `the name and the port of cluster_addr when that is ${clusterAddress}`,
    given: { clusterAddress },
    address: 'node-1:7100',
    source: '--name and the port from cluster_addr of jacod.yaml',
  })),
  {
    what: "the name and raft's port when the host tells nothing",
    given: { clusterAddress: undefined },
    address: 'node-1:7001',
    source: "--name and raft's usual port",
  },
]) {
  test(`is ${what}`, () => {
    const planned = plan(given);
    assert.is(planned.seed.voter.address, address);
    assert.is(planned.addressSource, source);
  });
}

test('comes without a warning where it is given as an address of its own', () => {
  assert.equal(plan({ advertiseAddress: '192.0.2.9:7001' }).warnings, []);
  assert.equal(plan({ clusterAddress: '10.0.0.7:7001' }).warnings, []);
});

for (const clusterAddress of [undefined, '0.0.0.0:7001', ':7001']) {
  test(`comes with a warning where the name must be resolved (cluster_addr ${clusterAddress})`, () => {
    assert.equal(plan({ clusterAddress }).warnings, [
      'other nodes must be able to resolve node-1; otherwise give --advertise-addr host:port',
    ]);
  });
}

for (const [what, given, address] of [
  ['--advertise-addr', { advertiseAddress: '127.0.0.1:7001' }, '127.0.0.1:7001'],
  ['cluster_addr', { clusterAddress: '[::1]:7001' }, '[::1]:7001'],
  ['the name', { name: 'localhost' }, 'localhost:7001'],
  ['the name of an unconfigured host', { name: 'localhost.localdomain' }, 'localhost.localdomain:7001'],
] as const) {
  test(`comes with one warning where ${what} is loopback`, () => {
    const planned = plan(given);
    assert.is(planned.seed.voter.address, address);
    assert.is(planned.warnings.length, 1);
    assert.match(planned.warnings[0] ?? '', `${address} is this machine's own loopback`);
  });
}

for (const advertiseAddress of ['node-1', ':7001', '10.0.0.5', '0.0.0.0:7001', '[::]:7001', 'node-1:0', '']) {
  test(`is not taken from --advertise-addr "${advertiseAddress}", which nobody can dial`, () => {
    const refusal = refusalOf('address_invalid', () => plan({ advertiseAddress, clusterAddress: '10.0.0.7:7001' }));
    assert.match(refusal.message, `--advertise-addr "${advertiseAddress}"`);
    assert.match(refusal.nextStep ?? '', '10.0.0.5:7001');
  });
}

for (const clusterAddress of ['10.0.0.7', 'raft', '7001', ':0', '10.0.0.7:99999', '']) {
  test(`is not guessed where cluster_addr is "${clusterAddress}"`, () => {
    const refusal = refusalOf('address_invalid', () => plan({ clusterAddress }));
    assert.match(refusal.message, `cluster_addr "${clusterAddress}" of jacod.yaml`);
    assert.match(refusal.nextStep ?? '', '--advertise-addr');
  });
}

for (const name of ['0.0.0.0', '0', '10.0.0.256']) {
  test(`is not made of the name "${name}", which nobody can dial`, () => {
    const refusal = refusalOf('address_invalid', () => plan({ name }));
    assert.match(refusal.message, `--name "${name}"`);
    assert.match(refusal.nextStep ?? '', '--advertise-addr');
  });
}

test('escapes what it quotes', () => {
  const refusal = refusalOf('address_invalid', () => plan({ advertiseAddress: '\u001b[2J' }));
  assert.match(refusal.message, '"\\u{1b}[2J"');
  assert.match(refusalOf('address_invalid', () => plan({ clusterAddress: 'a\nb' })).message, '"a\\u{a}b"');
});

test.run();
