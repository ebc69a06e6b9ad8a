import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import { sharedScratchFor } from '../cli/scratch-directory.js';
import { carriedNodeFor } from '../packaging/carried-node.js';
import { cleanRoot } from '../packaging/debian-root.js';
import { projectRoot } from '../packaging/installed-package.js';
import { skipFile } from '../skipping.js';
import { defineNightlyBackup } from './nightly-backup.js';
import { defineRestoredNode } from './restored-node.js';
import { standInDaemonPackage } from './stand-in-daemon.js';
import { bootHost, obstacleToBooting, type SystemdHost } from './systemd-host.js';
import { defineTwoPrograms } from './two-programs.js';

const test = suite('a JACO host that systemd runs');
let host: SystemdHost | undefined;
// Before its files are removed.
test.after(() => host?.stop());
const scratch = sharedScratchFor(test);
const root = scratch.path('root');
const tools = ['debootstrap', 'systemd-nspawn', 'nsenter', 'ps', 'setpriv', 'dpkg-deb'];

/** Why these tests cannot run here; undefined if they can, and then `root` holds a Debian that can be booted. */
function obstacle(): string | undefined {
  if (process.env['JACO_TEST_SYSTEMD'] !== '1') return 'npm run test:systemd does it';
  if (process.getuid?.() !== 0) return 'it takes root';
  const missing = tools.find((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0);
  if (missing !== undefined) return `${missing} is not installed`;
  try {
    cleanRoot(root, ['dbus', 'iproute2', 'sudo', 'systemd', 'systemd-sysv']);
  } catch (error) {
    return `no Debian could be made: ${(error as Error).message.trim().split('\n').at(-1)}`;
  }
  return obstacleToBooting(root);
}

/** Our package, around the real executable. */
function ourPackage(): string {
  const executable = scratch.path('executable');
  build('build-executable.mjs', '--output', executable);
  return build('build-deb.mjs', '--executable', executable, '--output', scratch.path('deb'), '--compression', 'none');
}

function build(script: string, ...flags: readonly string[]): string {
  return execFileSync(process.execPath, [join(projectRoot, 'scripts', script), ...flags], { encoding: 'utf8' }).trim();
}

const reason = obstacle();
if (reason !== undefined) {
  skipFile(`our Debian package on a host that systemd runs: ${reason}`);
} else if (await carriedNodeFor('trying the Debian package on a host that systemd runs')) {
  const packages = [standInDaemonPackage(scratch.directory('stand-in')), ourPackage()];
  host = await bootHost(root, 'node-1');
  for (const [number, path] of packages.entries()) copyFileSync(path, join(root, `root/${number}.deb`));
  host.succeeds('dpkg --install /root/*.deb');
  // The address by which the other nodes would reach it.
  host.succeeds(
    'ip link add lan0 type veth peer name lan1; ip address add 10.77.0.1/24 dev lan0; ip link set lan0 up; ip link set lan1 up',
  );
  defineTwoPrograms(test, host);
  defineNightlyBackup(test, host);
  defineRestoredNode(test, host);
}

test.run();
