import type { DurabilityGaps } from '../ports/durability-gaps.js';
import { printable } from './values/printable-text.js';
import { type Warning, warningOf } from './warning.js';

/** The warning for directories whose file system does not sync directories; leaves out those inside another of them. */
export function warnOfUnsynced(gaps: DurabilityGaps | undefined): readonly Warning[] {
  const unsynced = gaps?.unsyncedDirectories() ?? [];
  const outermost = unsynced.filter((path) => !unsynced.some((other) => path.startsWith(`${other}/`)));
  return outermost.map((path) =>
    warningOf(
      `the file system of ${printable(path, 4096)} does not sync directories: what was written is in its place, but a power cut soon after could take it away`,
    ),
  );
}
