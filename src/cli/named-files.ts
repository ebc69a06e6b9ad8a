import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { JacoError } from '../domain/errors.js';
import { advice } from '../domain/remedy.js';
import { printable } from '../domain/values/printable-text.js';

/** A file that a flag names, and what the command does with it. */
export interface NamedFile {
  /** "--output", for the message. */
  readonly flag: string;
  /** As given, with patterns expanded. */
  readonly path: string;
  /** Replacing destroys the old content. */
  readonly use: 'read' | 'replace';
  /** Derives the path of the temporary file from its own; undefined if there is no temporary file. */
  readonly partOf?: (path: string) => string;
}

/**
 * Refuses two flags that name one file, through links too, if one of them would replace it: the second use would
 * destroy what the first one needs or has just written. Temporary files count too.
 * @throws request_invalid
 */
export async function refuseSharedFiles(files: readonly NamedFile[]): Promise<void> {
  const placed = await Promise.all(files.map(async (file) => ({ file, places: await placesOf(file) })));
  for (const [position, { file, places }] of placed.entries()) {
    for (const other of placed.slice(position + 1)) {
      if (file.use === 'read' && other.file.use === 'read') continue;
      if (!places.some((place) => other.places.includes(place))) continue;
      const [lost, by] = file.use === 'read' ? [file, other.file] : [other.file, file];
      throw new JacoError(
        'request_invalid',
        `${lost.flag} and ${by.flag} name one file, ${printable(by.path, 4096)}: one would destroy the other.`,
        { remedies: [advice('Give each a file of its own.')] },
      );
    }
  }
}

/** The file's identity if it exists, as links may lead to it, and its path; likewise for its temporary file. */
async function placesOf({ path, partOf }: NamedFile): Promise<readonly string[]> {
  const place = await placeOf(path);
  if (partOf === undefined) return [place.identity, place.path];
  const part = await placeOf(partOf(place.path));
  return [place.identity, place.path, part.identity, part.path];
}

async function placeOf(path: string): Promise<{ readonly identity: string; readonly path: string }> {
  try {
    const [{ dev, ino }, real] = await Promise.all([stat(path, { bigint: true }), realpath(path)]);
    return { identity: `${dev}:${ino}`, path: real };
  } catch {
    const absolute = resolve(path);
    const directory = await realpath(dirname(absolute)).catch(() => dirname(absolute));
    const place = join(directory, basename(absolute));
    return { identity: place, path: place };
  }
}
