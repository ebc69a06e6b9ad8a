import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { skipCases } from '../skipping.js';

/** A root directory with its own package database, into which packages are installed. */
export interface DebianRoot {
  /** Runs dpkg on it and returns its output. @throws Error it failed */
  dpkg(...parameters: readonly string[]): string;
  /** Installs a package, given where it lies on this machine. @throws Error it did not succeed */
  install(deb: string): void;
  /** The path on this machine of `place` inside the root. */
  outside(place: string): string;
  /** How to call the program there; its arguments are paths of {@link DebianRoot.inside}. */
  readonly program: readonly [string, ...string[]];
  /** The path of `place` for the program there. */
  inside(place: string): string;
}

/**
 * A root that holds nothing: the program in it runs on this machine's libraries, and dependencies are not looked at. dpkg
 * runs as any user.
 */
export function emptyRoot(root: string): DebianRoot {
  const database = join(root, 'var/lib/dpkg');
  for (const name of ['info', 'updates', 'triggers']) mkdirSync(join(database, name), { recursive: true });
  for (const name of ['status', 'available']) writeFileSync(join(database, name), '');
  const flags = [`--root=${root}`, '--force-depends', '--force-not-root', '--force-bad-path'];
  const dpkg = (...parameters: readonly string[]) => succeeds('dpkg', ...flags, ...parameters);
  return {
    dpkg,
    install: (deb) => void dpkg('--install', deb),
    outside: (place) => join(root, place),
    program: [join(root, 'usr/bin/jaco-dr')],
    inside: (place) => join(root, place),
  };
}

/**
 * The smallest Debian of this machine's own release, from the mirror that this machine's packages come from: the program in
 * it has nothing but what it depends on. Takes root, and about a minute.
 * @param packages  to be there besides
 * @throws Error there is no such mirror, or debootstrap failed
 */
export function cleanRoot(root: string, packages: readonly string[] = []): DebianRoot {
  const release = /^VERSION_CODENAME="?(\w+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  const sources = succeeds(
    'apt-get',
    'indextargets',
    '--format',
    '$(ORIGIN) $(CODENAME) $(SITE)',
    'Created-By: Packages',
  );
  const mirror = sources
    .split('\n')
    .find((line) => line.startsWith(`Debian ${release} `))
    ?.split(' ')[2];
  if (release === undefined || mirror === undefined)
    throw new Error('this machine gets no packages from a Debian mirror');
  const flags = packages.length === 0 ? [] : [`--include=${packages.join(',')}`];
  succeeds('debootstrap', '--variant=minbase', ...flags, release, root, mirror);
  const chroot = ['/usr/sbin/chroot', root] as const;
  // Only while the program runs does the root have a /proc, which goes with the process that mounted it.
  const entering = `${root}.program`;
  const mounted = `/bin/mount -t proc proc ${root}/proc && exec ${chroot.join(' ')} /usr/bin/jaco-dr "$@"`;
  writeFileSync(entering, `#!/bin/sh\nexec /usr/bin/unshare --mount /bin/sh -c '${mounted}' sh "$@"\n`, {
    mode: 0o755,
  });
  const dpkg = (...parameters: readonly string[]) => succeeds(...chroot, 'dpkg', ...parameters);
  return {
    dpkg,
    install(deb) {
      copyFileSync(deb, join(root, 'package.deb'));
      dpkg('--install', '/package.deb');
      rmSync(join(root, 'package.deb'));
    },
    outside: (place) => join(root, place),
    program: [entering],
    inside: (place) => place,
  };
}

/**
 * The paths of everything in a root but what is temporary and what dpkg keeps for itself, sorted. /var/run is a link to /run,
 * which is then this machine's.
 */
export function everythingIn(root: DebianRoot): readonly string[] {
  const names = readdirSync(root.outside('/'), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => !/^(tmp|var\/lib\/dpkg|var\/log|var\/run)(\/|$)/.test(name)).sort();
}

function succeeds(command: string, ...parameters: readonly string[]): string {
  try {
    return execFileSync(command, parameters, { encoding: 'utf8', timeout: 600_000, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${parameters.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

/** Whether a command is installed on this machine; says what is left out where it is not. */
export function hasCommand(command: string, what: string): boolean {
  if (spawnSync('sh', ['-c', `command -v ${command}`]).status === 0) return true;
  skipCases(`${what}: ${command} is not installed`);
  return false;
}
