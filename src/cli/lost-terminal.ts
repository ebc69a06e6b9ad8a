import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';

const standardStreams = [0, 1, 2];

/**
 * Remembers which standard streams are terminals. Node puts these back into the mode in which it found them when it exits,
 * and aborts where that fails, as it does on a terminal that has gone (node.cc, ResetStdio).
 */
export function watchTerminals(): { letGoOfLost(): void } {
  const terminals = standardStreams.filter((descriptor) => isatty(descriptor));
  return {
    /** Closes those that have gone: what is closed Node leaves alone. */
    letGoOfLost() {
      for (const descriptor of terminals) if (!isatty(descriptor)) closeSync(descriptor);
    },
  };
}
