import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type InterfaceScenario, interfaceScenarios, type ScenarioInterface } from '../builders/interface-scenarios.js';
import { snapshotOf } from '../builders/snapshot-bytes.js';
import { metadataWith } from '../builders/snapshot-metadata.js';
import { tarGzipArchive } from '../builders/tar-gzip-archive.js';
import { skipTest } from '../skipping.js';
import { jacoFails, jacoProgram, jacoSucceeds, nowhere } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('the addresses of a restored node');
const scratch = scratchFor(test);
const metadata = metadataWith();
const archive = await tarGzipArchive(metadata, snapshotOf(metadata.clusterId));

test.before.each(() => {
  writeFileSync(scratch.path('c.tar.gz'), archive);
  scratch.directory('data');
});

const planning = (...flags: readonly string[]) => [
  ...['restore', '--dry-run', '--input', scratch.path('c.tar.gz'), '--name', 'node-1'],
  ...['--data-dir', scratch.path('data'), '--no-identity', '-o', 'json', ...flags],
];

/** Runs a shell script in a network namespace of its own, where there is nothing but a loopback interface that is down. */
const inNamespace = (script: string, environment: Readonly<Record<string, string | undefined>>) =>
  spawnSync('unshare', ['--net', 'sh', '-ec', script], { encoding: 'utf8', env: environment, timeout: 60_000 });

const environmentHere = { PATH: process.env['PATH'] };
const can = (script: string) => inNamespace(script, environmentHere).status === 0;
/** Some kernels have no dummy interfaces. A bridge without ports is up all the same. */
const kind = ['dummy', 'bridge'].find((type) => can(`ip link add name t type ${type}`));
const canWithoutCarrier = kind !== undefined && can('ip link add name t type veth peer name u');

const words = (...parameters: readonly string[]) => parameters.map((word) => `'${word}'`).join(' ');

function setUp({ name, addresses, down, noCarrier }: ScenarioInterface): readonly string[] {
  const type = noCarrier === true ? ['veth', 'peer', 'name', `p${name}`] : [String(kind)];
  const add = (text: string) => {
    const [address = '', label] = text.split('@');
    return `ip address add ${address} dev ${name}${label === undefined ? '' : ` label ${label}`}${address.includes(':') ? ' nodad' : ''}`;
  };
  return [
    ...(name === 'lo' ? [] : [`ip link add name ${name} type ${words(...type)}`]),
    ...addresses.map(add),
    ...(down === true ? [] : [`ip link set ${name} up`]),
  ];
}

/** What `jaco restore --dry-run` says on a host with these interfaces. */
function planOn({ interfaces }: Pick<InterfaceScenario, 'interfaces'>, withIp = true, flags: readonly string[] = []) {
  const jaco = words('env', `PATH=${withIp ? process.env['PATH'] : nowhere}`, process.execPath, jacoProgram);
  const script = ['ip link set lo up', ...interfaces.flatMap(setUp), `exec ${jaco} ${words(...planning(...flags))}`];
  const environment = { ...environmentHere, JACO_CONFIG: '/dev/null', JACO_SOCKET: nowhere };
  return inNamespace(script.join('\n'), environment);
}

const addressesIn = (stdout: string) => {
  const { voter } = JSON.parse(stdout) as { voter: { address: string; grpc_address: string } };
  return [voter.address, voter.grpc_address];
};

for (const scenario of interfaceScenarios) {
  const { what, picked, interfaces } = scenario;
  test(`are those that the daemon picks on a host with ${what}`, () => {
    if (kind === undefined) return skipTest(`${what} (no network namespaces or interfaces can be made here)`);
    if (interfaces.some(({ noCarrier }) => noCarrier) && !canWithoutCarrier) {
      return skipTest(`${what} (no veth interfaces here)`);
    }
    const { status, stdout, stderr } = planOn(scenario);
    if (picked === undefined) {
      assert.is(status, 1, stderr);
      assert.match(stderr, /^Error: no interface of this host has a private IPv4 address .*--advertise-addr\.\n$/);
    } else {
      assert.is(status, 0, stderr);
      assert.equal(addressesIn(stdout), [`${picked}:7001`, `${picked}:7000`]);
    }
  });
}

test('are picked among running interfaces where there is no program that tells more', () => {
  if (kind === undefined) return skipTest('no network namespaces or interfaces can be made here');
  const alias = { name: 'docker0', addresses: ['172.17.0.1/16', '10.1.0.6/24@docker0:1'] };
  const { status, stdout, stderr } = planOn(
    { interfaces: [alias, { name: 'eth1', addresses: ['10.2.0.5/24'] }] },
    false,
  );
  assert.is(status, 0, stderr);
  assert.equal(addressesIn(stdout), ['10.2.0.5:7001', '10.2.0.5:7000']);
});

test('can be given where the daemon would find none', () => {
  if (kind === undefined) return skipTest('no network namespaces or interfaces can be made here');
  const flags = ['--advertise-addr', '198.51.100.7:7001'];
  const { status, stdout, stderr } = planOn({ interfaces: [] }, true, flags);
  assert.is(status, 0, stderr);
  assert.equal(addressesIn(stdout), ['198.51.100.7:7001', '198.51.100.7:7000']);
  assert.match(stdout, 'correct jacod.yaml before the daemon starts');
});

for (const [clusterAddress, refusal] of [
  ['":7501"', 'cluster_addr ":7501" of jacod.yaml names no host: the daemon does not start raft with it.'],
  ["''", 'cluster_addr is empty, with which the daemon does not start.'],
  ['nonsense', 'cluster_addr "nonsense" of jacod.yaml is not a usable host:port'],
] as const) {
  test(`are refused when cluster_addr is ${clusterAddress}`, async () => {
    const configuration = scratch.path('jacod.yaml');
    writeFileSync(configuration, `cluster_addr: ${clusterAddress}\n`);
    assert.match(await jacoFails(planning(), { environment: { JACO_CONFIG: configuration } }), refusal);
  });
}

test('are what a name of jacod.yaml stands for here', async () => {
  const configuration = scratch.path('jacod.yaml');
  writeFileSync(configuration, 'cluster_addr: localhost:7501\nlisten_addr: 127.0.0.1:7500\n');
  const stdout = await jacoSucceeds(planning(), { environment: { JACO_CONFIG: configuration } });
  assert.equal(addressesIn(stdout), ['127.0.0.1:7501', '127.0.0.1:7500']);
});

test('are given by --advertise-addr and --grpc-addr', async () => {
  const stdout = await jacoSucceeds(planning('--advertise-addr', '192.0.2.9:7101', '--grpc-addr', '192.0.2.8:7100'));
  assert.equal(addressesIn(stdout), ['192.0.2.9:7101', '192.0.2.8:7100']);
});

test.run();
