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
  return mayBeTerminal(descriptor) && process.getBuiltinModule('node:tty').isatty(descriptor);
}

/** Whether a file descriptor can be a terminal, as far as its kind of file tells: a device, and not /dev/null. */
export function mayBeTerminal(descriptor: number): boolean {
  try {
    const status = fstatSync(descriptor);
    return status.isCharacterDevice() && status.rdev >> 8 !== memoryDevices;
  } catch {
    return false;
  }
}

/** Linux's major number of /dev/null, /dev/zero and /dev/full (Documentation/admin-guide/devices.txt). */
const memoryDevices = 1;
