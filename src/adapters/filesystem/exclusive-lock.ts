import { createServer } from 'node:net';

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
 * kill -9. The name is visible to processes of the same network namespace only.
 * @throws the operating system's error when a socket cannot be made for another reason than the lock being held
 */
export const acquireExclusiveLock: AcquireLock = (name) =>
  new Promise((resolve, reject) => {
    const server = createServer((connection) => connection.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(`\0${name}`, () => {
      // The lock alone is no reason for the process to stay.
      server.unref();
      resolve({ release: () => new Promise((released) => server.close(() => released())) });
    });
  });
