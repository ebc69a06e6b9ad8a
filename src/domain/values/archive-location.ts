import { printable } from './printable-text.js';

/**
 * Where an archive is read from or written to. A new kind is a member here; the compiler then requires its words below
 * and a store for it.
 */
export type ArchiveLocation = FileLocation | StandardStreamLocation;

/** A file of this machine, or a pipe that has a path. */
export interface FileLocation {
  readonly kind: 'file';
  readonly path: string;
}

/** Standard input where an archive is read, standard output where one is written. */
export interface StandardStreamLocation {
  readonly kind: 'standard-stream';
}

/**
 * The word for a standard stream in place of a path (POSIX, Utility Syntax Guidelines, 13). A file with that name is
 * `./-`.
 */
export const standardStreamWord = '-';

/** The location that an operator's word names. */
export function parseArchiveLocation(word: string): ArchiveLocation {
  return word === standardStreamWord ? { kind: 'standard-stream' } : { kind: 'file', path: word };
}

/** The word that {@link parseArchiveLocation} parses into the location, as in documents for programs. */
export function locationWord(location: ArchiveLocation): string {
  switch (location.kind) {
    case 'file':
      return location.path;
    case 'standard-stream':
      return standardStreamWord;
  }
}

/** The location's name in a sentence, printable on a terminal. */
export function locationName(location: ArchiveLocation, use: 'read' | 'written'): string {
  switch (location.kind) {
    case 'file':
      return printable(location.path, 4096);
    case 'standard-stream':
      return use === 'read' ? 'standard input' : 'standard output';
  }
}
