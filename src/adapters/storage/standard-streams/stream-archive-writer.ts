import type { Writable } from 'node:stream';
import { JacoError, stopIfInterrupted } from '../../../domain/errors.js';
import { advice } from '../../../domain/remedy.js';
import type { StandardStreamLocation } from '../../../domain/values/archive-location.js';
import type { ArchiveWriter } from '../../../ports/archive-writer.js';
import { storageError } from '../../filesystem/file-operations.js';

/**
 * Passes an archive on to a pipe instead of storing it. Bytes that were passed on cannot be taken back: the reader
 * learns from the exit code whether they are complete. Does not end the stream. A reader that does not read does not
 * block an interruption.
 */
export function createStreamArchiveWriter(open: () => Writable): ArchiveWriter<StandardStreamLocation> {
  return {
    async write(location, archive, signal) {
      stopIfInterrupted(signal);
      const stream = open();
      let sizeBytes = 0;
      for await (const chunk of archive) {
        stopIfInterrupted(signal);
        await writeChunk(stream, chunk, signal);
        sizeBytes += chunk.length;
      }
      return { location, sizeBytes };
    },
  };
}

function writeChunk(stream: Writable, chunk: Uint8Array, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new JacoError('interrupted', 'interrupted'));
    signal.addEventListener('abort', stop);
    stream.write(chunk, (error) => {
      signal.removeEventListener('abort', stop);
      if (error === null || error === undefined) resolve();
      else reject(pipeFailure(error));
    });
  });
}

function pipeFailure(error: NodeJS.ErrnoException): unknown {
  if (error.code !== 'EPIPE') return storageError(error, 'write to standard output');
  return new JacoError('storage_failed', 'cannot write to standard output: whoever read it has gone.', {
    remedies: [advice('Look at what the command behind the pipe says.')],
    details: { errno: 'EPIPE' },
    cause: error,
  });
}
