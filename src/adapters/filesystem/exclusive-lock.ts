import { unlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answers } from './socket-probe.js';

/** A lock that this process holds. */
export interface ExclusiveLock {
  /** Lets others in. Safe to call more than once. */
  release(): Promise<void>;
}

/** Takes the lock called `name` on this machine, or resolves to undefined when another process (or this one) holds it. */
export type AcquireLock = (name: string) => Promise<ExclusiveLock | undefined>;

/**
 * A lock that the kernel itself releases when the holder dies, however it dies, and that leaves nothing on any disk:
 * a listening unix socket in Linux's abstract namespace (unix(7)). Node offers no flock, and a lock file outlives a
 * kill -9. The name is visible to processes of the same network namespace only. Other systems have no such namespace;
 * there the socket is a file, see {@link acquireSocketFileLock}.
 * @throws the operating system's error when a socket cannot be made for another reason than the lock being held
 */
export const acquireExclusiveLock: AcquireLock = async (name) =>
  process.platform === 'linux' ? listen(`\0${name}`) : acquireSocketFileLock(await socketFile(name));

/**
 * The same as a socket in a file. A kill -9 leaves the file, on which then nobody answers: it is cleared and the lock
 * taken. Two processes that clear the same file at the same moment, or meet one between its making and its answering,
 * could both take it, so this is the second choice.
 */
export async function acquireSocketFileLock(path: string): Promise<ExclusiveLock | undefined> {
  const lock = await listen(path);
  if (lock !== undefined || (await answers(path))) return lock;
  await unlink(path).catch(() => undefined);
  return listen(path);
}

/** The path of a socket may have about a hundred bytes (unix(4): 104 on BSD and macOS), fewer than a name. */
async function socketFile(name: string): Promise<string> {
  const { createHash } = await import('node:crypto');
  return join(tmpdir(), `jaco-${createHash('sha256').update(name).digest('hex').slice(0, 24)}.lock`);
}

function listen(address: string): Promise<ExclusiveLock | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((connection) => connection.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => {
      // The lock alone is no reason for the process to stay.
      server.unref();
      resolve({ release: () => new Promise((released) => server.close(() => released())) });
    });
  });
}
