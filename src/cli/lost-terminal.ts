import { closeSync, fstatSync } from 'node:fs';

const standardStreams = [0, 1, 2];

/**
 * Remembers which standard streams are terminals. At exit Node restores their mode, and aborts if that fails, as on a
 * terminal that is gone (node.cc, ResetStdio).
 */
export function watchTerminals(): { letGoOfLost(): void } {
  const terminals = standardStreams.filter(isTerminal);
  return {
    /** Closes those that are gone: Node leaves closed ones alone. */
    letGoOfLost() {
      for (const descriptor of terminals) if (!isTerminal(descriptor)) closeSync(descriptor);
    },
  };
}

/** Loads node:tty, which is not part of Node's snapshot, only if there may be a terminal. */
function isTerminal(descriptor: number): boolean {
  try {
    if (!fstatSync(descriptor).isCharacterDevice()) return false;
  } catch {
    return false;
  }
  return process.getBuiltinModule('node:tty').isatty(descriptor);
}
