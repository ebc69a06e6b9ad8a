import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { addressSourceText, daemonVersionSourceText } from '../../../src/cli/rendering/source-text.js';
import { warningText } from '../../../src/cli/rendering/warning-text.js';
import { giveParameter } from '../../../src/domain/remedy.js';
import type { AddressSource } from '../../../src/domain/restore/address-source.js';
import { warningOf } from '../../../src/domain/warning.js';

const test = suite('sources and warnings in the words of the command line');

for (const [text, source] of [
  ['--advertise-addr', { kind: 'given', parameter: 'advertiseAddress' }],
  ['--grpc-addr', { kind: 'given', parameter: 'grpcAddress' }],
  [
    'the host of --advertise-addr and the port of listen_addr 0.0.0.0:7000',
    { kind: 'beside-given', setting: '0.0.0.0:7000' },
  ],
  ['cluster_addr of jacod.yaml', { kind: 'configured', key: 'cluster_addr' }],
  [
    'listen_addr of jacod.yaml, where node-1 stands for it on this host',
    { kind: 'resolved', key: 'listen_addr', name: 'node-1' },
  ],
  [
    'interface eth0, which the daemon picks for cluster_addr 0.0.0.0:7001',
    { kind: 'picked', key: 'cluster_addr', setting: '0.0.0.0:7001', interfaceName: 'eth0' },
  ],
] satisfies readonly (readonly [string, AddressSource])[]) {
  test(`say that an address is from ${text}`, () => {
    assert.is(addressSourceText(source), text);
  });
}

test('say where a version is from', () => {
  assert.equal(daemonVersionSourceText, {
    given: '--daemon-version',
    installed: 'jacod --version',
    release: 'the version that this release of jaco is made for',
  });
});

test('say a warning, and in brackets what to do about it', () => {
  assert.is(warningText(warningOf('something is odd')), 'something is odd');
  const told = warningText(warningOf('work runs nowhere', { kind: 'remove-nodes' }, giveParameter('identityFile')));
  assert.is(
    told,
    'work runs nowhere (use --remove-node or --remove-other-nodes, or later jaco node remove --force, or give the age identity file with --identity)',
  );
});

test.run();
