import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'uvu';

/** A directory of a test's own. */
export interface ScratchDirectory {
  /** The path of a name in it. */
  path(...names: string[]): string;
  /** Makes a directory in it. */
  directory(...names: string[]): string;
  /** The names of what is in a directory of it, sorted; empty if there is no such directory. */
  names(...names: string[]): string[];
}

/** The cheapest place for files: in memory, if this machine has such a place. */
export const fastDirectory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Gives each test of the suite a fresh directory, and removes it afterwards. Short, since unix sockets lie in it. */
export function scratchFor(test: Test): ScratchDirectory {
  let root = '';
  test.before.each(() => {
    root = mkdtempSync(join(tmpdir(), 'jaco-'));
  });
  test.after.each(() => {
    rmSync(root, { recursive: true, force: true });
  });
  return scratchIn(() => root);
}

/** One for the whole suite. */
export function sharedScratchFor(test: Test): ScratchDirectory {
  const root = mkdtempSync(join(tmpdir(), 'jaco-'));
  test.after(() => {
    rmSync(root, { recursive: true, force: true });
  });
  return scratchIn(() => root);
}

function scratchIn(root: () => string): ScratchDirectory {
  const path = (...names: string[]) => join(root(), ...names);
  return {
    path,
    directory(...names) {
      mkdirSync(path(...names), { recursive: true });
      return path(...names);
    },
    names(...names) {
      try {
        return readdirSync(path(...names)).sort();
      } catch {
        // There is no such directory.
        return [];
      }
    },
  };
}
