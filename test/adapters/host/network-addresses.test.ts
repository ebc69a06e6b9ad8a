import { existsSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type InterfaceAddress, pickInterface } from '../../../src/domain/cluster/daemon-interface.js';
import { interfaceScenarios } from '../../builders/interface-scenarios.js';
import { inNamespace, obstacleTo, setUp } from '../../builders/network-namespace.js';
import { scratchFor } from '../../cli/scratch-directory.js';
import { skipTest } from '../../skipping.js';

const test = suite("the addresses of this machine's interfaces");
const scratch = scratchFor(test);

const adapter = new URL('../../../src/adapters/host/network-addresses.js', import.meta.url).href;
const printing = (path: string) =>
  `import { interfaceAddresses } from '${adapter}';
   console.log(JSON.stringify(await interfaceAddresses({ PATH: ${JSON.stringify(path)} })));`;

/** What is found on a host with these interfaces, with the programs on `path`. */
function foundOn(interfaces: Parameters<typeof setUp>[0], path = process.env['PATH'] ?? '') {
  const script = `${setUp(interfaces)}\nexec '${process.execPath}' --input-type=module --eval "$PROGRAM"`;
  const { status, stdout, stderr } = inNamespace(script, { PROGRAM: printing(path) });
  assert.is(status, 0, stderr);
  return JSON.parse(stdout) as readonly InterfaceAddress[];
}

for (const { what, picked, interfaces } of interfaceScenarios) {
  test(`lead to what the real daemon picked on a host with ${what}`, () => {
    const obstacle = obstacleTo(interfaces);
    if (obstacle !== undefined) return skipTest(obstacle);
    assert.is(pickInterface(foundOn(interfaces))?.address, picked);
  });
}

test('include loopback, and no interface that is down', () => {
  const interfaces = [{ name: 'eth0', addresses: ['10.1.0.5/24'], down: true }] as const;
  const obstacle = obstacleTo(interfaces);
  if (obstacle !== undefined) return skipTest(obstacle);
  for (const path of [process.env['PATH'] ?? '', '/nonexistent']) {
    const ipv4 = foundOn(interfaces, path).filter(({ address }) => !address.includes(':'));
    assert.equal(ipv4, [{ name: 'lo', address: '127.0.0.1', internal: true }]);
  }
});

/** A PATH on which `ip` only notes that it was called. */
function notingIp(): { readonly path: string; readonly wasAsked: () => boolean } {
  const note = scratch.path('asked');
  writeFileSync(scratch.path('ip'), `#!/bin/sh\n: >'${note}'\n`, { mode: 0o755 });
  return { path: scratch.path(), wasAsked: () => existsSync(note) };
}

for (const [what, asked, changes] of [
  ['without a carrier, IPv4', true, { addresses: ['10.1.0.5/24'], noCarrier: true }],
  ['without a carrier, IPv6', true, { addresses: ['fd00::5/64'], noCarrier: true }],
  ['that runs', false, { addresses: ['10.1.0.5/24', 'fd00::5/64'] }],
] as const) {
  test(`are ${asked ? '' : 'not '}asked of ip on a host with an interface ${what}`, () => {
    const interfaces = [{ name: 'eth0', ...changes }];
    const obstacle = obstacleTo(interfaces);
    if (obstacle !== undefined) return skipTest(obstacle);
    const { path, wasAsked } = notingIp();
    const found = foundOn(interfaces, path);
    assert.is(wasAsked(), asked);
    const expected = asked ? [] : changes.addresses.map((address) => address.replace(/\/.*/, ''));
    const own = found.filter(({ name, address }) => name === 'eth0' && !address.startsWith('fe80:'));
    assert.equal(
      own.map(({ address }) => address),
      expected,
    );
  });
}

test('are those of running interfaces, by their own name, without a program that reports more', () => {
  const interfaces = [{ name: 'docker0', addresses: ['172.17.0.1/16', '10.1.0.6/24@docker0:1'] }];
  const obstacle = obstacleTo(interfaces);
  if (obstacle !== undefined) return skipTest(obstacle);
  const found = foundOn(interfaces, '/nonexistent').filter(
    ({ internal, address }) => !internal && !address.includes(':'),
  );
  assert.equal(
    found.map(({ name, address }) => `${name} ${address}`),
    ['docker0 172.17.0.1', 'docker0 10.1.0.6'],
  );
});

test.run();
