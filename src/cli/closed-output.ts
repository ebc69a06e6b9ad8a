import { fstatSync, readFileSync, statSync } from 'node:fs';

/**
 * Whether stdout was closed when the program started (`>&-`). Node opens /dev/null in its place, for reading and
 * writing (src/node.cc, PlatformInit), so that output vanishes without an error; a shell's `>/dev/null` is open only
 * for writing. If the system does not say, stdout counts as open.
 */
export function standardOutputIsClosed(): boolean {
  try {
    const [output, nowhere] = [fstatSync(1), statSync('/dev/null')];
    if (!output.isCharacterDevice() || output.rdev !== nowhere.rdev) return false;
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync('/proc/self/fdinfo/1', 'latin1'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & 3) === readAndWrite;
  } catch {
    return false;
  }
}

/** O_RDWR of Linux (open(2)). */
const readAndWrite = 2;
