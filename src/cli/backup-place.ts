import { statSync } from 'node:fs';
import { utcOffsetMinutes } from '../adapters/host/wall-clock.js';
import { expandPattern, fileNameMatcher, parseOutputPattern } from '../domain/backup/output-pattern.js';
import { JacoError } from '../domain/errors.js';
import { advice } from '../domain/remedy.js';
import { memoryName } from '../domain/retention/verified-memory.js';
import { type ArchiveLocation, besideLocation, parseArchiveLocation } from '../domain/values/archive-location.js';
import { printable } from '../domain/values/printable-text.js';

/** Where backups are looked for, and which files may be some. */
export interface BackupPlace {
  /** A location in the directory or prefix, at which no backup is. */
  readonly place: ArchiveLocation;
  readonly belongs: (fileName: string) => boolean;
  /** Whether the word was a pattern, which tells a series from other files. */
  readonly ofSeries: boolean;
}

/**
 * What an operator's word names: a directory or prefix with all that is in it, or the files of a pattern, as backup --output
 * takes it.
 * @throws request_invalid
 */
export function placeFrom(word: string, nowMs: number): BackupPlace {
  if (word.includes('%')) {
    const pattern = parseOutputPattern(word);
    const belongs = fileNameMatcher(pattern);
    if (belongs === undefined) throw unfit(word, 'its pattern is not in the name of the file');
    const expanded = expandPattern(pattern, { atMs: nowMs, utcOffsetMinutes: utcOffsetMinutes(nowMs) });
    const named = parseArchiveLocation(expanded);
    if (named.kind === 'object' && named.key === '') throw unfit(word, 'its pattern is in the name of the bucket');
    return { place: besideLocation(named, memoryName), belongs, ofSeries: true };
  }
  const location = parseArchiveLocation(word);
  if (location.kind === 'standard-stream') throw unfit(word, 'standard input keeps no backups');
  if (location.kind === 'file' && statSync(location.path, { throwIfNoEntry: false })?.isFile() === true) {
    throw unfit(word, 'it is a file (jaco inspect looks into one)');
  }
  const inside = parseArchiveLocation(word.endsWith('/') ? word : `${word}/`);
  return { place: besideLocation(inside, memoryName), belongs: () => true, ofSeries: false };
}

function unfit(word: string, reason: string): JacoError {
  return new JacoError('request_invalid', `cannot look for backups in ${printable(word, 4096)}: ${reason}.`, {
    remedies: [advice('Give a directory, s3://bucket/prefix/, or a pattern like /backups/cluster-%F.tar.gz.')],
  });
}
