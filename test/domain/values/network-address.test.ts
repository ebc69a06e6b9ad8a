import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  formatNetworkAddress,
  isHostname,
  isLoopbackHost,
  isSpecificHost,
  parseNetworkAddress,
} from '../../../src/domain/values/network-address.js';

const test = suite('network addresses');

const label63 = 'a'.repeat(63);

for (const name of ['a', 'NODE-1', '1', 'a-b.c-d.example', label63, `${`${label63}.`.repeat(3)}${'a'.repeat(61)}`]) {
  test(`takes "${name.slice(0, 20)}" (${name.length} characters) as a hostname`, () => {
    assert.is(isHostname(name), true);
  });
}

for (const [what, name] of [
  ['nothing', ''],
  ['a dot alone', '.'],
  ['a trailing dot', 'node.'],
  ['an empty label', 'a..b'],
  ['a leading hyphen', '-a'],
  ['a trailing hyphen', 'a-'],
  ['a hyphen at the end of an inner label', 'a-.b'],
  ['an underscore', 'a_b'],
  ['a blank', 'a b'],
  ['a line break at the end', 'node\n'],
  ['a slash', '../node'],
  ['a port', 'node:7001'],
  ['a letter outside ASCII', 'knötchen'],
  ['a label of 64 characters', 'a'.repeat(64)],
  ['254 characters', `${`${label63}.`.repeat(3)}${'a'.repeat(62)}`],
] as const) {
  test(`does not take ${what} as a hostname`, () => {
    assert.is(isHostname(name), false);
  });
}

for (const [text, expected] of [
  ['10.0.0.5:7001', { host: '10.0.0.5', port: 7001 }],
  ['255.255.255.255:65535', { host: '255.255.255.255', port: 65535 }],
  ['node-1.example:1', { host: 'node-1.example', port: 1 }],
  ['node.1.2.3.4:1', { host: 'node.1.2.3.4', port: 1 }],
  ['[2001:db8::1]:7001', { host: '2001:db8::1', port: 7001 }],
  ['[fe80::1%eth0.100]:7001', { host: 'fe80::1%eth0.100', port: 7001 }],
  ['[::]:07001', { host: '::', port: 7001 }],
] as const) {
  test(`reads ${text}`, () => {
    assert.equal(parseNetworkAddress(text), expected);
  });
}

for (const [what, text] of [
  ['nothing', ''],
  ['a bare hostname', 'node-1'],
  ['a bare port', ':7001'],
  ['port 0', 'node-1:0'],
  ['port 65536', 'node-1:65536'],
  ['a port that is a word', 'node-1:raft'],
  ['a negative port', 'node-1:-1'],
  ['no port after the colon', 'node-1:'],
  ['six digits of port', 'node-1:007001'],
  ['an IPv6 address without brackets', '2001:db8::1:7001'],
  ['an IPv6 address without a port', '[2001:db8::1]'],
  ['a hostname in brackets', '[node-1]:7001'],
  ['an IPv4 address in brackets', '[10.0.0.5]:7001'],
  ['an IPv4 address that is not at the end of IPv6', '[1.2.3.4::]:7001'],
  ['an IPv6 address that leaves out groups in two places', '[1::2:3:4::5:6:7:8]:7001'],
  ['an IPv6 address that leaves out groups and has all eight', '[1:2:3:4::5:6:7:8]:7001'],
  ['a zone without a name', '[fe80::1%]:7001'],
  ['a URL', 'https://node-1:7001'],
  ['a host that cannot be one', 'a_b:7001'],
  ['an IPv4 address with an octet beyond 255', '10.0.0.256:7001'],
  ['an IPv4 address with a leading zero', '10.0.0.05:7001'],
  ['blanks around it', ' node-1:7001 '],
] as const) {
  test(`does not read ${what}`, () => {
    assert.is(parseNetworkAddress(text), undefined);
  });
}

test('knows IPv6 addresses as the operating system knows them', () => {
  const piece = fc.constantFrom(':', '::', '0', '1', 'ffff', '12345', '1.2.3.4', '1.2.3.256', '.', 'a:b:c:d', 'g');
  const anything = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  const real = fc.ipV6();
  fc.assert(
    fc.property(fc.oneof(anything, real), (text) => {
      assert.is(parseNetworkAddress(`[${text}]:1`) !== undefined, isIPv6(text));
    }),
    { numRuns: 500 },
  );
});

test('writes an address as it was read', () => {
  const port = fc.integer({ min: 1, max: 65535 });
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant('node-1.example')), port, (host, number) => {
      const text = formatNetworkAddress({ host, port: number });
      assert.equal(parseNetworkAddress(text), { host, port: number });
    }),
  );
});

for (const address of [
  '0.0.0.0',
  '0',
  '000.0.0.0',
  '::',
  '::0',
  '0:0:0:0:0:0:0:0',
  '::%eth0',
  '::0.0.0.0',
  '::ffff:0.0.0.0',
  '::FFFF:0:0',
  '0:0:0:0:0:ffff:0.0.0.0',
]) {
  test(`knows that ${address} is unspecified`, () => {
    assert.is(isSpecificHost(address), false);
  });
}

for (const address of ['10.0.0.0', '0.0.0.1', '100.0.0.0', '::1', '2001:db8::', '::ffff:10.0.0.0', '0.example', 'a']) {
  test(`knows that ${address} is specific`, () => {
    assert.is(isSpecificHost(address), true);
  });
}

for (const address of [
  'localhost',
  'LocalHost',
  'node.localhost',
  'localhost.localdomain',
  '127.0.0.1',
  '127.255.255.254',
  '::1',
  '::1%lo',
  '0:0:0:0:0:0:0:1',
  '::ffff:127.0.0.1',
]) {
  test(`knows ${address} as loopback`, () => {
    assert.is(isLoopbackHost(address), true);
  });
}

for (const address of [
  '10.0.0.1',
  '128.0.0.1',
  'localhost.example',
  'mylocalhost',
  '::2',
  '::11',
  '1::1',
  '127.example',
]) {
  test(`does not take ${address} for loopback`, () => {
    assert.is(isLoopbackHost(address), false);
  });
}

test.run();
