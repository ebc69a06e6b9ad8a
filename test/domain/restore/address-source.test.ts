import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { describeFoundSource, type FoundAddressSource } from '../../../src/domain/restore/address-source.js';

const test = suite('what the daemon takes an address from');

for (const [words, source] of [
  ['cluster_addr of jacod.yaml', { kind: 'configured', key: 'cluster_addr' }],
  [
    'listen_addr of jacod.yaml, where node-1 stands for it on this host',
    { kind: 'resolved', key: 'listen_addr', name: 'node-1' },
  ],
  [
    'interface eth\\u{1b}, which the daemon picks for cluster_addr 0.0.0.0:7001',
    { kind: 'picked', key: 'cluster_addr', setting: '0.0.0.0:7001', interfaceName: 'eth\u001b' },
  ],
] satisfies readonly (readonly [string, FoundAddressSource])[]) {
  test(`is described as ${words}`, () => {
    assert.is(describeFoundSource(source), words);
  });
}

test.run();
