import { JacoError, stopIfInterrupted } from '../../../domain/errors.js';
import type { OpenedBackup } from '../../../ports/backup-store.js';
import { measuredReading, type Pieces } from '../measured-reading.js';
import { readingFailure } from '../reading-failure.js';

/** Reads a backup that comes through `stream`, once. Waiting for a piece ends when `signal` fires. */
export function openStreamedBackup(
  stream: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  fingerprint: boolean,
): OpenedBackup {
  return {
    ...measuredReading(() => readStream(stream, signal), fingerprint),
    rereadable: false,
    close: async () => undefined,
  };
}

async function* readStream(stream: AsyncIterable<Uint8Array>, signal: AbortSignal): Pieces {
  const pieces = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      stopIfInterrupted(signal);
      const step = await unlessInterrupted(pieces.next(), signal);
      if (step.done === true) return;
      yield step.value;
    }
  } catch (error) {
    throw readingFailure('on standard input', error);
  } finally {
    // Not awaited: a silent stream answers this only after the pending read.
    pieces.return?.()?.catch(() => undefined);
  }
}

/**
 * One listener for each piece, removed with it: a promise that lives as long as the stream would collect one reaction
 * per piece.
 */
function unlessInterrupted<Value>(pending: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new JacoError('interrupted', 'interrupted'));
    signal.addEventListener('abort', stop);
    pending.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
