import type { FileSystemGaps } from '../ports/file-system-gaps.js';
import { printable } from './values/printable-text.js';
import { type Warning, warningOf } from './warning.js';

/**
 * The warnings for what a file system did not do as asked: one for each directory, except those inside another of them.
 */
export function warnOfGaps(gaps: FileSystemGaps | undefined): readonly Warning[] {
  const unsynced = outermost(gaps?.unsyncedDirectories() ?? []);
  const opened = outermost(gaps?.openedDirectories() ?? []);
  return [
    ...unsynced.map((path) =>
      warningOf(
        `the file system of ${printable(path, 4096)} does not sync directories: what was written is in its place, but a power cut soon after could take it away`,
      ),
    ),
    ...opened.map((path) =>
      warningOf(
        `the file system of ${printable(path, 4096)} keeps no permissions: other users of this host can read what was written, and it holds secrets (see the mount options, or write it elsewhere)`,
      ),
    ),
  ];
}

function outermost(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => !paths.some((other) => path.startsWith(`${other}/`)));
}
