import { chmod, constants, type FileHandle, open, readdir, rename, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { LeftBehind } from '../../domain/errors.js';
import { reasonOf } from './clearing.js';

/** A lock that this process holds. */
export interface ExclusiveLock {
  /**
   * Releases the lock, and returns what is left of it, which locks nothing once this process has ended. Never fails;
   * safe to call more than once.
   */
  release(): Promise<readonly LeftBehind[]>;
}

/**
 * Takes the lock called `name` (a word that can be part of a file name) in `directory`, or resolves to undefined if
 * another process, or this one, holds it.
 * @throws the operating system's error if no lock can be made there
 */
export type AcquireLock = (directory: string, name: string) => Promise<ExclusiveLock | undefined>;

/**
 * The longest that a contender waits before it asks again, in milliseconds; random, so that two do not keep asking each
 * other at the same moments.
 */
const askAgainWithinMs = 10;
/** How long the holder of a lock may take to answer before it counts as busy, in milliseconds. */
const answerDeadlineMs = 2_000;
/** How often a contender tries to open a socket whose file disappears before it is renamed. */
const openAttempts = 20;

/** File systems without sockets (FAT, some FUSE and CIFS mounts), and directories that may be written but not listed. */
const unsupported = new Set(['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL']);

/**
 * A lock that the kernel releases when its holder dies in any way: a listening unix socket in the directory
 * (`.jaco-lock-<name>-<its own word>`, docs/decisions/0006). Node has no flock. Only a user who may write the directory
 * can put a socket there, so other users cannot hold the lock. A socket whose owner has died refuses connections, so it
 * locks nothing, and the next contender removes it.
 *
 * Each contender has its own socket and asks the others. The holder of the lock wins; among contenders, the lowest
 * name. A contender waits as long as it sees a lower name, and the lowest one decides once all others wait. A contender
 * that has waited asks all others again before it decides. So two processes never hold the lock together, and
 * contenders never all give way to each other.
 */
export const acquireExclusiveLock: AcquireLock = async (directory, name) => {
  try {
    return await acquireSocketIn(directory, name);
  } catch (error) {
    if (process.platform !== 'linux' || !unsupported.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return acquireAbstractSocket(directory, name);
  }
};

async function acquireSocketIn(directory: string, name: string): Promise<ExclusiveLock | undefined> {
  const contender = await contend(directory, `.jaco-lock-${name}-`);
  try {
    for (;;) {
      const rivals = await contender.look();
      if (rivals.some(({ state }) => state === 'held')) break;
      const isLowest = rivals.every(({ name: other }) => other > contender.name);
      if (isLowest && contender.state() === 'asking' && rivals.every(({ state }) => state === 'waiting')) {
        contender.become('held');
        return { release: contender.withdraw };
      }
      contender.become(isLowest ? 'asking' : 'waiting');
      await wait(Math.random() * askAgainWithinMs);
    }
    await contender.withdraw();
    return undefined;
  } catch (error) {
    await contender.withdraw();
    throw error;
  }
}

/** Contending: asks the others in order to decide. Waiting for a lower one. Holding the lock. */
type State = 'asking' | 'waiting' | 'held';

interface Rival {
  readonly name: string;
  readonly state: State;
}

interface Contender {
  readonly name: string;
  /** Asks the others that have a live socket. Removes dead sockets, during the check or at the end. */
  look(): Promise<readonly Rival[]>;
  state(): State;
  become(state: State): void;
  /** Returns what is left of its socket. Safe to call more than once. */
  withdraw(): Promise<readonly LeftBehind[]>;
}

async function contend(directory: string, prefix: string): Promise<Contender> {
  const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  let state: State = 'asking';
  const at = await shortPathTo(handle, directory);
  const { name, server } = await answerUnderOwnName(at, prefix, () => state).catch(async (error) => {
    await handle.close();
    throw error;
  });
  /** Sockets of contenders that were killed before the rename, or that do not listen yet. */
  const silent = new Set<string>();
  let withdrawn: Promise<readonly LeftBehind[]> | undefined;
  const withdraw = async () => {
    for (const other of silent) if ((await ask(`${at}/${other}`)) === 'dead') await removeDead(`${at}/${other}`);
    const left = await removeSocket(`${at}/${name}`, `${directory}/${name}`);
    await closed(server);
    await handle.close();
    return left;
  };
  return {
    name,
    async look() {
      const present = await readdir(at);
      for (const other of present.filter((each) => each.startsWith(unbornName(prefix, '')))) {
        if ((await ask(`${at}/${other}`)) === 'dead') silent.add(other);
      }
      const names = present.filter((other) => other.startsWith(prefix) && other !== name);
      const asked = await Promise.all(
        names.map(async (other) => ({ name: other, state: await ask(`${at}/${other}`) })),
      );
      for (const dead of asked.filter((other) => other.state === 'dead')) await removeDead(`${at}/${dead.name}`);
      return asked.filter((other): other is Rival => other.state !== 'dead');
    },
    state: () => state,
    become(next) {
      state = next;
    },
    withdraw: () => (withdrawn ??= withdraw()),
  };
}

/**
 * Opens a socket that answers with `state`, under a name that is unique in this boot, and replaces what an earlier boot
 * left under it. The name is not random: that would load cryptography.
 */
async function answerUnderOwnName(
  at: string,
  prefix: string,
  state: () => State,
): Promise<{ readonly name: string; readonly server: Server }> {
  for (let attempt = 1; ; attempt += 1) {
    const server = createServer((connection) => {
      connection.on('error', () => undefined);
      connection.end(state());
    });
    // The lock must not keep the process alive.
    server.unref();
    const name = `${prefix}${process.pid}-${process.hrtime.bigint()}`;
    const unborn = `${at}/${unbornName(name)}`;
    try {
      // Renamed only once it listens: others take a socket that refuses for that of a dead process.
      await listen(server, unborn);
      // Every user who may write the directory may ask; the umask would exclude the group.
      await chmod(unborn, 0o666);
      await rename(unborn, `${at}/${name}`);
      return { name, server };
    } catch (error) {
      await closed(server);
      // Between bind and listen a socket refuses too: on a busy machine another contender may have removed it as dead.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === openAttempts) throw error;
    }
  }
}

/** The name of a socket, or the prefix of such names, before the rename. */
function unbornName(name: string, end = '.new'): string {
  return `.${name}${end}`;
}

/** A failure does no harm: the socket locks nothing, and the next contender tries again. */
async function removeDead(path: string): Promise<void> {
  await unlink(path).catch(() => undefined);
}

/** Returns the socket if it could not be removed. `shown` is its path for the operator. */
async function removeSocket(path: string, shown: string): Promise<readonly LeftBehind[]> {
  try {
    await unlink(path);
    return [];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    return [{ path: shown, state: 'there', secret: false, reason: reasonOf(error, `remove ${shown}`) }];
  }
}

/**
 * A path to the directory that leaves room for a name: a socket's path may have 107 bytes (unix(7)), a directory's
 * thousands. On Linux the path goes through the file descriptor.
 */
async function shortPathTo(handle: FileHandle, directory: string): Promise<string> {
  const path = `/proc/self/fd/${handle.fd}`;
  return (await readdir(path).catch(() => undefined)) === undefined ? directory : path;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, resolve);
  });
}

/**
 * The state that the socket's owner reports. An owner that accepts the connection but does not answer is alive, and may
 * hold the lock.
 */
function ask(path: string): Promise<State | 'dead'> {
  return new Promise((resolve) => {
    let answer = '';
    const connection = connect({ path });
    connection.setTimeout(answerDeadlineMs, () => {
      resolve('held');
      connection.destroy();
    });
    connection.on('data', (bytes) => (answer += bytes));
    connection.on('error', ({ code }: NodeJS.ErrnoException) => {
      // EAGAIN: its queue is full. EACCES: we may not connect. Neither means that it is dead.
      if (code === 'ECONNREFUSED' || code === 'ENOENT') resolve('dead');
      else resolve(code === 'ECONNRESET' ? 'asking' : 'held');
    });
    connection.on('close', () => resolve(answer === 'held' || answer === 'waiting' ? answer : 'asking'));
  });
}

/** The fallback: a name in Linux's abstract namespace (unix(7)), which any user of the machine could take. */
async function acquireAbstractSocket(directory: string, name: string): Promise<ExclusiveLock | undefined> {
  const { stat } = await import('node:fs/promises');
  const { dev, ino } = await stat(directory, { bigint: true });
  const server = createServer((connection) => connection.destroy());
  server.unref();
  try {
    await listen(server, `\0jaco-lock-${dev}-${ino}-${name}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
  return { release: () => new Promise((released) => server.close(() => released([]))) };
}
