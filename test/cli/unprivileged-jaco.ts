import { chmodSync, cpSync } from 'node:fs';
import { dirname } from 'node:path';
import { skipTest } from '../skipping.js';
import { type Circumstances, hostConfiguration, jacoProgram } from './jaco-process.js';
import type { ScratchDirectory } from './scratch-directory.js';

/** A user and group that own nothing. */
export const otherUser = 12345;

/** Only root can become another user or give files away. */
export const isRoot = process.getuid?.() === 0;

/** How another user runs the program, from a copy that every user may read. Opens the scratch directory for them. */
export function asOtherUser(scratch: ScratchDirectory): Circumstances {
  chmodSync(scratch.path(), 0o755);
  const directory = scratch.directory('program');
  cpSync(dirname(jacoProgram), directory, { recursive: true, filter: (path) => !path.endsWith('.map') });
  cpSync(hostConfiguration, `${directory}/jacod.yaml`);
  chmodSync(directory, 0o755);
  return {
    user: otherUser,
    program: `${directory}/jaco.js`,
    environment: { JACO_CONFIG: `${directory}/jacod.yaml` },
  };
}

/** Says why a test did not run. */
export function skipWithoutRoot(what: string): void {
  skipTest(`${what} needs root`);
}
