import { constants, open } from 'node:fs';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { JacoError } from '../../domain/errors.js';

/** A pipe that is read by its path, once. */
export interface NamedPipe {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Lets go of it. Safe to call more than once. */
  close(): void;
}

/**
 * Opens a pipe that has a path: a FIFO, or what a shell gives for `<(command)`. Whoever writes may come later. It is read
 * without occupying a thread: a thread that waits for a FIFO would keep the process from ending.
 * @returns undefined  at the path is something else, nothing, or what may not be read: for whoever opens files to say
 * @throws interrupted, while it is read, when `signal` fires
 */
export async function openNamedPipe(path: string, signal: AbortSignal): Promise<NamedPipe | undefined> {
  const isPipe = (await stat(path).catch(() => undefined))?.isFIFO() === true;
  if (!isPipe) return undefined;
  const fd = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
  if (fd === undefined) return undefined;
  // Most archives are files: loaded for a pipe alone.
  const { Socket } = await import('node:net');
  const socket = new Socket({ fd, readable: true, writable: false });
  const stop = () => socket.destroy(new JacoError('interrupted', 'interrupted'));
  signal.addEventListener('abort', stop);
  // Whoever reads is told; where nobody does, nothing is amiss.
  socket.on('error', () => undefined);
  if (signal.aborted) stop();
  return {
    bytes: socket,
    close() {
      signal.removeEventListener('abort', stop);
      socket.destroy();
    },
  };
}
