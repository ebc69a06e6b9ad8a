import type { Writable } from 'node:stream';
import { JacoError, stopIfInterrupted } from '../../../domain/errors.js';
import { advice } from '../../../domain/remedy.js';
import type { StandardStreamLocation } from '../../../domain/values/archive-location.js';
import type { BackupStore } from '../../../ports/backup-store.js';
import { createStreamArchiveWriter } from './stream-archive-writer.js';
import { openStreamedBackup } from './stream-reading.js';

/** The two streams, each opened when first needed: an open one could keep the program from exiting. */
export interface StandardStreams {
  /** Where an archive is read from. */
  input(): AsyncIterable<Uint8Array>;
  /** Where an archive is written to. It is not ended. */
  output(): Writable;
}

/** Reads from standard input and writes to standard output. These cannot list or remove backups. */
export function createStandardStreamStore({ input, output }: StandardStreams): BackupStore<StandardStreamLocation> {
  return {
    ...createStreamArchiveWriter(output),
    async open(_, signal, { fingerprint = false } = {}) {
      stopIfInterrupted(signal);
      return openStreamedBackup(input(), signal, fingerprint);
    },
    async stat(_, signal) {
      stopIfInterrupted(signal);
      return { sizeBytes: undefined };
    },
    list: async () => refuse('looked through'),
    others: async () => refuse('looked through'),
    clearUnfinished: async () => refuse('cleared'),
    remove: async () => refuse('removed from'),
  };
}

function refuse(what: string): never {
  throw new JacoError('request_invalid', `standard output cannot be ${what}: it keeps no backups.`, {
    remedies: [advice('Give a place where backups are kept, such as the path of a file.')],
  });
}
