import { closeSync, fstatSync } from 'node:fs';

const standardStreams = [0, 1, 2];

/**
 * Remembers which standard streams are terminals. Node puts these back into the mode in which it found them when it exits,
 * and aborts where that fails, as it does on a terminal that has gone (node.cc, ResetStdio).
 */
export function watchTerminals(): { letGoOfLost(): void } {
  const terminals = standardStreams.filter(isTerminal);
  return {
    /** Closes those that have gone: what is closed Node leaves alone. */
    letGoOfLost() {
      for (const descriptor of terminals) if (!isTerminal(descriptor)) closeSync(descriptor);
    },
  };
}

/** Loads node:tty, which is no part of Node's snapshot, only where there may be a terminal. */
function isTerminal(descriptor: number): boolean {
  try {
    if (!fstatSync(descriptor).isCharacterDevice()) return false;
  } catch {
    return false;
  }
  return process.getBuiltinModule('node:tty').isatty(descriptor);
}
