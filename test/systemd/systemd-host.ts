import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as passed } from 'node:timers/promises';

/** How a command on a host ended. */
export interface CommandEnd {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A Debian that has been booted: systemd is its first process, and it has a network, users and a /tmp of its own. */
export interface SystemdHost {
  /** Runs a line of sh there, as root, or as the user of that name, and returns how it ended. */
  run(script: string, user?: string): CommandEnd;
  /** The same, and returns its stdout. @throws Error it failed */
  succeeds(script: string, user?: string): string;
  /** Writes a file there. */
  write(path: string, text: string, mode?: number): void;
  /** Halts it. */
  stop(): Promise<void>;
}

/** The environment of a command there, without this machine's environment. */
const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
  SYSTEMD_COLORS: '0',
};

/** How long a host may take to boot, or to halt, in milliseconds. */
const patienceMs = 60_000;

/** Why no host can be booted from `root` on this machine; undefined where it can. */
export function obstacleToBooting(root: string): string | undefined {
  const { status, stderr } = spawnSync('systemd-nspawn', [...containerFlags(root), '/bin/true'], { encoding: 'utf8' });
  return status === 0 ? undefined : `systemd-nspawn does not start here: ${stderr.trim().split('\n').at(-1)}`;
}

/**
 * Boots the system that is installed in `root` in a container, as a host of this name.
 * @throws Error it does not come up
 */
export async function bootHost(root: string, hostname: string): Promise<SystemdHost> {
  writeFileSync(join(root, 'etc/hostname'), `${hostname}\n`);
  const flags = [...containerFlags(root), '--boot', '--console=pipe'];
  // It must not outlive the test, however that ends.
  const container = spawn('setpriv', ['--pdeathsig', 'TERM', 'systemd-nspawn', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  container.stdout.on('data', (text) => (printed += text));
  container.stderr.on('data', (text) => (printed += text));
  const ended = new Promise<void>((resolve) => container.on('close', () => resolve()));
  const leader = await leaderOf(container, () => printed);
  const run = (script: string, user?: string) => runIn(leader, script, user);
  return {
    run,
    succeeds(script, user) {
      const { status, stdout, stderr } = run(script, user);
      if (status !== 0) throw new Error(`${script} ended with ${status}:\n${stdout}${stderr}`);
      return stdout;
    },
    write(path, text, mode = 0o644) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text, { mode });
    },
    async stop() {
      container.kill('SIGTERM');
      const giveUp = setTimeout(() => container.kill('SIGKILL'), patienceMs);
      await ended;
      clearTimeout(giveUp);
    },
  };
}

/** In no machine manager's books, in the caller's control group, and with no network but the loopback interface. */
function containerFlags(root: string): readonly string[] {
  return ['--quiet', `--directory=${root}`, '--register=no', '--keep-unit', '--private-network'];
}

/** The first process of the container, once it has started everything. */
async function leaderOf(container: ChildProcess, printed: () => string): Promise<number> {
  for (let waitedMs = 0; waitedMs < patienceMs && container.exitCode === null; waitedMs += 200) {
    await passed(200);
    const [leader] = childrenOf(container.pid as number);
    if (leader === undefined || readFileSync(`/proc/${leader}/comm`, 'utf8') !== 'systemd\n') continue;
    if (runIn(leader, 'systemctl is-system-running').stdout === 'running\n') return leader;
  }
  container.kill('SIGKILL');
  throw new Error(`the host did not come up:\n${printed()}`);
}

function childrenOf(processId: number): readonly number[] {
  const { stdout } = spawnSync('ps', ['--ppid', `${processId}`, '-o', 'pid='], { encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean).map(Number);
}

function runIn(leader: number, script: string, user?: string): CommandEnd {
  const words = user === undefined ? ['/bin/sh', '-c', script] : ['runuser', '-l', user, '-c', script];
  const { status, stdout, stderr } = spawnSync('nsenter', ['--target', `${leader}`, '--all', '--', ...words], {
    encoding: 'utf8',
    env: environment,
    cwd: '/',
    timeout: patienceMs,
  });
  return { status, stdout, stderr };
}

/** Makes a Debian package of files, of a name and version, in the directory; its scripts are named like `postinst`. */
export function makePackage(
  directory: string,
  about: { readonly name: string; readonly version: string },
  files: Readonly<Record<string, { readonly text: string; readonly mode?: number }>>,
): string {
  const tree = join(directory, about.name);
  const description = `Package: ${about.name}\nVersion: ${about.version}\nArchitecture: all\nMaintainer: a test <test@jaco.invalid>\nDescription: stands in for another\n`;
  for (const [path, { text, mode = 0o644 }] of Object.entries({
    ...files,
    'DEBIAN/control': { text: description, mode: 0o644 },
  })) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text, { mode });
  }
  const target = `${tree}.deb`;
  execFileSync('dpkg-deb', ['--root-owner-group', '--build', tree, target], { stdio: 'ignore' });
  return target;
}
