import type { AcquireLock } from '../../src/adapters/filesystem/exclusive-lock.js';

/** Locks in memory, of which one can see which are held. */
export interface HeldLocks {
  readonly acquire: AcquireLock;
  readonly held: ReadonlySet<string>;
}

/** Locks on a machine without other programs. */
export function createHeldLocks(): HeldLocks {
  const held = new Set<string>();
  return {
    held,
    async acquire(directory, word) {
      const name = `${directory}/${word}`;
      if (held.has(name)) return undefined;
      held.add(name);
      return {
        async release() {
          held.delete(name);
          return [];
        },
      };
    },
  };
}
