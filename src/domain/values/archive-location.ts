import { printable } from './printable-text.js';

/**
 * Where an archive is read from or written to. A new kind is a member here; the compiler then requires its words below
 * and a store for it.
 */
export type ArchiveLocation = FileLocation | StandardStreamLocation | ObjectLocation;

/** A file of this machine, or a pipe that has a path. */
export interface FileLocation {
  readonly kind: 'file';
  readonly path: string;
}

/** Standard input where an archive is read, standard output where one is written. */
export interface StandardStreamLocation {
  readonly kind: 'standard-stream';
}

/** An object in a bucket of S3-compatible object storage. Which server has the bucket is not said here. */
export interface ObjectLocation {
  readonly kind: 'object';
  readonly bucket: string;
  /** Of the object; empty, or with a slash at its end, it names a place where objects are. */
  readonly key: string;
}

/** What the words for objects begin with. A file whose path begins so is `./s3://`. */
const objectScheme = 's3://';

/**
 * The word for a standard stream in place of a path (POSIX, Utility Syntax Guidelines, 13). A file with that name is
 * `./-`.
 */
export const standardStreamWord = '-';

/** The location that an operator's word names. */
export function parseArchiveLocation(word: string): ArchiveLocation {
  if (word === standardStreamWord) return { kind: 'standard-stream' };
  if (!word.startsWith(objectScheme)) return { kind: 'file', path: word };
  const [bucket = '', ...key] = word.slice(objectScheme.length).split('/');
  return { kind: 'object', bucket, key: key.join('/') };
}

/** The word that {@link parseArchiveLocation} parses into the location, as in documents for programs. */
export function locationWord(location: ArchiveLocation): string {
  switch (location.kind) {
    case 'file':
      return location.path;
    case 'standard-stream':
      return standardStreamWord;
    case 'object':
      return `${objectScheme}${location.bucket}/${location.key}`;
  }
}

/**
 * The location called `name` in the directory or under the prefix in which `location` is. A standard stream is in none, and
 * stays itself.
 */
export function besideLocation(location: ArchiveLocation, name: string): ArchiveLocation {
  switch (location.kind) {
    case 'file':
      return { kind: 'file', path: withLastPart(location.path, name) };
    case 'standard-stream':
      return location;
    case 'object':
      return { ...location, key: withLastPart(location.key, name) };
  }
}

function withLastPart(path: string, name: string): string {
  return `${path.slice(0, path.lastIndexOf('/') + 1)}${name}`;
}

/** The location's name in a sentence, printable on a terminal. */
export function locationName(location: ArchiveLocation, use: 'read' | 'written'): string {
  switch (location.kind) {
    case 'file':
      return printable(location.path, 4096);
    case 'standard-stream':
      return use === 'read' ? 'standard input' : 'standard output';
    case 'object':
      return printable(locationWord(location), 4096);
  }
}
