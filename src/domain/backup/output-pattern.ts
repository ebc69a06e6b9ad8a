import { JacoError } from '../errors.js';
import { advice } from '../remedy.js';
import { printable } from '../values/printable-text.js';

/** One piece of a pattern: literal text, or a letter that stands for a part of the time. */
type Piece = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'time'; readonly letter: TimeLetter };

/** A path that may hold patterns of strftime(3), read once. */
export interface OutputPattern {
  readonly pieces: readonly Piece[];
}

/** A moment, with this host's local time. */
export interface LocalMoment {
  /** Milliseconds since 1970, UTC. */
  readonly atMs: number;
  /** How far local time is ahead of UTC at that moment, in minutes. */
  readonly utcOffsetMinutes: number;
}

const digits = (value: number, width: number) => String(value).padStart(width, '0');

/** The text for each letter, and the form of that text; `wall` is a date whose UTC fields show local time. */
const timeLetters = {
  Y: { text: (wall: Date) => digits(wall.getUTCFullYear(), 4), form: '[0-9]{4,}' },
  m: { text: (wall: Date) => digits(wall.getUTCMonth() + 1, 2), form: '[0-9]{2}' },
  d: { text: (wall: Date) => digits(wall.getUTCDate(), 2), form: '[0-9]{2}' },
  H: { text: (wall: Date) => digits(wall.getUTCHours(), 2), form: '[0-9]{2}' },
  M: { text: (wall: Date) => digits(wall.getUTCMinutes(), 2), form: '[0-9]{2}' },
  S: { text: (wall: Date) => digits(wall.getUTCSeconds(), 2), form: '[0-9]{2}' },
  F: { text: (wall: Date) => isoDate(wall), form: '[0-9]{4,}-[0-9]{2}-[0-9]{2}' },
  T: { text: (wall: Date) => isoTime(wall), form: '[0-9]{2}:[0-9]{2}:[0-9]{2}' },
  s: { text: (_: Date, atMs: number) => String(Math.floor(atMs / 1000)), form: '[0-9]+' },
  j: { text: (wall: Date) => digits(dayOfYear(wall), 3), form: '[0-9]{3}' },
} as const;

type TimeLetter = keyof typeof timeLetters;

/**
 * Parses the path of an output. The letters are those of date(1) that name a moment in digits: %Y %m %d %H %M %S, %F
 * for %Y-%m-%d, %T for %H:%M:%S, %s for seconds since 1970, %j for the day of the year; %% is a percent sign. A path
 * without % stays as it is.
 * @throws request_invalid  a % is followed by any other character
 */
export function parseOutputPattern(output: string): OutputPattern {
  const pieces: Piece[] = [];
  for (const [word] of output.matchAll(/[^%]+|%.?/gsu)) {
    const letter = word.slice(1);
    if (!word.startsWith('%')) pieces.push({ kind: 'text', text: word });
    else if (letter === '%') pieces.push({ kind: 'text', text: '%' });
    else if (isTimeLetter(letter)) pieces.push({ kind: 'time', letter });
    else throw unknownLetter(output, word);
  }
  return { pieces };
}

/** The path for a moment, in local time, as `date` prints it. */
export function expandPattern({ pieces }: OutputPattern, { atMs, utcOffsetMinutes }: LocalMoment): string {
  const wall = new Date(atMs + utcOffsetMinutes * 60_000);
  return pieces
    .map((piece) => (piece.kind === 'text' ? piece.text : timeLetters[piece.letter].text(wall, atMs)))
    .join('');
}

/**
 * A test of whether the pattern could have produced a file name at some moment; undefined if the file name holds no
 * pattern, so that it is always the same file.
 */
export function fileNameMatcher({ pieces }: OutputPattern): ((fileName: string) => boolean) | undefined {
  const name: Piece[] = [];
  for (const piece of pieces) {
    const slash = piece.kind === 'text' ? piece.text.lastIndexOf('/') : -1;
    if (piece.kind === 'time' || slash < 0) name.push(piece);
    else name.splice(0, name.length, { kind: 'text', text: piece.text.slice(slash + 1) });
  }
  if (!name.some(({ kind }) => kind === 'time')) return undefined;
  const form = new RegExp(`^${name.map(formOf).join('')}$`, 'su');
  return (fileName) => form.test(fileName);
}

function formOf(piece: Piece): string {
  if (piece.kind === 'time') return timeLetters[piece.letter].form;
  return piece.text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function isTimeLetter(letter: string): letter is TimeLetter {
  return Object.hasOwn(timeLetters, letter);
}

function isoDate(wall: Date): string {
  return `${digits(wall.getUTCFullYear(), 4)}-${digits(wall.getUTCMonth() + 1, 2)}-${digits(wall.getUTCDate(), 2)}`;
}

function isoTime(wall: Date): string {
  return [wall.getUTCHours(), wall.getUTCMinutes(), wall.getUTCSeconds()].map((value) => digits(value, 2)).join(':');
}

function dayOfYear(wall: Date): number {
  return Math.floor((wall.getTime() - Date.UTC(wall.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}

function unknownLetter(output: string, word: string): JacoError {
  const found = word === '%' ? 'ends in a single "%"' : `holds "${printable(word)}", which is no pattern`;
  return new JacoError('request_invalid', `the output "${printable(output, 4096)}" ${found}.`, {
    remedies: [advice('Use %Y %m %d %H %M %S %F %T %s or %j, and %% for a percent sign.')],
  });
}
