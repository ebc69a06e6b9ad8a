import { constants, open } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { JacoError } from '../../../domain/errors.js';
import type { OpenedBackup, OpenOptions } from '../../../ports/backup-store.js';
import { measuredReading, type Pieces } from '../measured-reading.js';
import { readingFailure } from '../reading-failure.js';

/**
 * Opens a pipe that has a path: a FIFO, or a shell's `<(command)`. Its writer may come later. Reading does not occupy a
 * thread: a thread that waits for a FIFO would keep the process from exiting.
 * @returns undefined  the path is missing, unreadable or not a pipe: opening it as a file reports the reason
 */
export async function openPipedBackup(
  path: string,
  signal: AbortSignal,
  { fingerprint = false, followsLinks = true }: OpenOptions,
): Promise<OpenedBackup | undefined> {
  const isPipe = (await (followsLinks ? stat : lstat)(path).catch(() => undefined))?.isFIFO() === true;
  if (!isPipe) return undefined;
  const fd = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
  if (fd === undefined) return undefined;
  // Loaded only for a pipe: most archives are files.
  const { Socket } = await import('node:net');
  const socket = new Socket({ fd, readable: true, writable: false });
  const stop = () => socket.destroy(new JacoError('interrupted', 'interrupted'));
  signal.addEventListener('abort', stop);
  // The reader gets the error; without a reader it does not matter.
  socket.on('error', () => undefined);
  if (signal.aborted) stop();
  return {
    ...measuredReading(() => readPipe(socket, path), fingerprint),
    rereadable: false,
    async close() {
      signal.removeEventListener('abort', stop);
      socket.destroy();
    },
  };
}

async function* readPipe(stream: AsyncIterable<Uint8Array>, path: string): Pieces {
  try {
    yield* stream;
  } catch (error) {
    throw readingFailure(path, error);
  }
}
