import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodePeers } from '../../../src/adapters/raft/peers.js';

const peersOf = (...addresses: readonly string[]) =>
  Buffer.from(encodePeers(addresses.map((address) => ({ id: 'unused', address }))));

test('is an array with the address of each voter in the raw format', () => {
  assert.is(peersOf('a:1').toString('base64'), 'kaNhOjE=');
  assert.is(peersOf('10.0.0.7:7001').toString('base64'), 'ka0xMC4wLjAuNzo3MDAx');
});

test('takes addresses up to 31 bytes in the short form and longer ones with a 16-bit length', () => {
  assert.is(peersOf('n'.repeat(31)).subarray(0, 2).toString('hex'), '91bf');
  assert.is(peersOf('n'.repeat(32)).subarray(0, 4).toString('hex'), '91da0020');
  assert.is(peersOf('n'.repeat(255)).subarray(0, 4).toString('hex'), '91da00ff');
});

test('counts more than fifteen voters in 16 bits', () => {
  assert.is(
    peersOf(...Array.from({ length: 16 }, () => 'a:1'))
      .subarray(0, 4)
      .toString('hex'),
    'dc0010a3',
  );
});

test('is nil without voters', () => {
  assert.is(peersOf().toString('hex'), 'c0');
});

test.run();
