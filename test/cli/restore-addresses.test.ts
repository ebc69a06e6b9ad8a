import { writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ScenarioInterface } from '../builders/interface-scenarios.js';
import { inNamespace, obstacleTo, setUp } from '../builders/network-namespace.js';
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

const dryRun = (...flags: readonly string[]) => [
  ...['restore', '--dry-run', '--input', scratch.path('c.tar.gz'), '--name', 'node-1'],
  ...['--data-dir', scratch.path('data'), '--no-identity', ...flags],
];
const planning = (...flags: readonly string[]) => dryRun('-o', 'json', ...flags);

const words = (...parameters: readonly string[]) => parameters.map((word) => `'${word}'`).join(' ');

/** The program's output on a host with these interfaces and this host's tools. */
function jacoOn(interfaces: readonly ScenarioInterface[], parameters: readonly string[]) {
  const script = `${setUp(interfaces)}\nexec ${words(process.execPath, jacoProgram, ...parameters)}`;
  return inNamespace(script, { JACO_CONFIG: '/dev/null', JACO_SOCKET: nowhere });
}

const addressesIn = (stdout: string) => {
  const { voter } = JSON.parse(stdout) as { voter: { address: string; grpc_address: string } };
  return [voter.address, voter.grpc_address];
};

const eth0 = { name: 'eth0', addresses: ['10.1.0.5/24'] };
const docker0 = { name: 'docker0', addresses: ['172.17.0.1/16'] };
const obstacle = obstacleTo([eth0]);

test('are those that the daemon picks on this host', () => {
  if (obstacle !== undefined) return skipTest(obstacle);
  const { status, stdout, stderr } = jacoOn([docker0, eth0], planning());
  assert.is(status, 0, stderr);
  assert.equal(addressesIn(stdout), ['10.1.0.5:7001', '10.1.0.5:7000']);
  assert.not.match(stdout, /10\.1\.0\.5 is on no interface|will listen on/);
});

test('are refused if the daemon would find no address, and can be given then', () => {
  if (obstacle !== undefined) return skipTest(obstacle);
  assert.match(
    jacoOn([docker0], planning()).stderr,
    /^Error: no interface of this host has a private IPv4 address .*only docker0 172\.17\.0\.1.*--advertise-addr\.\n$/,
  );
  const { status, stdout, stderr } = jacoOn([], planning('--advertise-addr', '198.51.100.7:7001'));
  assert.is(status, 0, stderr);
  assert.equal(addressesIn(stdout), ['198.51.100.7:7001', '198.51.100.7:7000']);
  assert.match(stdout, 'correct jacod.yaml before the daemon starts');
});

test('are not asked for by a drill, which works where there is no interface', () => {
  if (obstacle !== undefined) return skipTest(obstacle);
  const { status, stdout, stderr } = jacoOn([], ['drill', '--input', scratch.path('c.tar.gz')]);
  assert.is(status, 0, stderr);
  assert.match(stdout, 'c.tar.gz restores.');
});

for (const [clusterAddress, refusal] of [
  ['":7501"', 'cluster_addr ":7501" of jacod.yaml names no host: the daemon does not start raft with it.'],
  ["''", 'cluster_addr is empty, with which the daemon does not start.'],
  ['nonsense', 'cluster_addr "nonsense" of jacod.yaml is not a usable host:port'],
] as const) {
  test(`are refused when cluster_addr is ${clusterAddress}`, async () => {
    const configuration = scratch.path('jacod.yaml');
    writeFileSync(configuration, `cluster_addr: ${clusterAddress}\n`);
    assert.match(await jacoFails(dryRun(), { environment: { JACO_CONFIG: configuration } }), refusal);
  });
}

test('are those that a name in jacod.yaml resolves to here', async () => {
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
