import type { StoreVisitor } from '../../ports/surviving-stores.js';
import { logEntryTypeNumber, usualNanoseconds } from './log-entry.js';
import type { LogPage } from './log-page.js';
import { locatedNowhere, type UsualLogEntry } from './usual-log-entry.js';

/** Takes entries of the usual form without an object or a bigint for each: those cost more than all the rest. */
export interface UsualCommands {
  /**
   * Shows the visitor the commands from `position` on that have the usual form and a time, as long as one index follows the
   * other, and returns the position behind them. What stands there has to be read in full. `lastIndex` counts where nothing has
   * been taken since {@link settle}.
   */
  take(page: LogPage, position: number, lastIndex: bigint): number;
  /** Whether anything has been taken since then. */
  hasTaken(): boolean;
  /** The last entry that was taken since it was asked before; undefined if there is none. */
  settle():
    | { readonly lastIndex: bigint; readonly lastTerm: bigint; readonly appendedAt: bigint | undefined }
    | undefined;
}

const commandType = logEntryTypeNumber('command');

/** Begins before the first entry. The entries must stand in the clear. */
export function createUsualCommands(visitor: Pick<StoreVisitor, 'command'>): UsualCommands {
  const found = locatedNowhere();
  const taken = { ...found };
  let count = 0;
  return {
    take(page, position, lastIndex) {
      // An index beyond 2^53 is rounded, and has not the usual form.
      let next = (count === 0 ? Number(lastIndex) : taken.index) + 1;
      let to = position;
      while (to < page.count && page.locateUsual(to, found) && isCommand(found, next)) {
        if (!visitor.command(page.bytes, found.dataStart, found.dataEnd)) break;
        taken.index = next;
        taken.term = found.term;
        taken.seconds = found.seconds;
        taken.nanoseconds = found.nanoseconds;
        next += 1;
        count += 1;
        to += 1;
      }
      return to;
    },
    hasTaken: () => count > 0,
    settle() {
      if (count === 0) return undefined;
      count = 0;
      return { lastIndex: BigInt(taken.index), lastTerm: BigInt(taken.term), appendedAt: usualNanoseconds(taken) };
    },
  };
}

/** Whether it is a command under that index, with a time. */
function isCommand({ type, index, seconds }: UsualLogEntry, expected: number): boolean {
  return type === commandType && index === expected && seconds !== 0;
}
