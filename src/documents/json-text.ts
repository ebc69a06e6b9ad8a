import { stringify } from 'lossless-json';

/** What JSON leaves as it is, and a terminal may obey: control characters, and what steers the direction of writing. */
const unfit = /[\u007f-\u009f\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * A value as indented JSON; a bigint becomes a number with all its digits. Characters that could move the cursor or
 * reorder what is read stand as escapes, which a parser undoes.
 */
export function jsonText(value: unknown): string {
  return escaped(stringify(value, undefined, 2));
}

/** The same on one line. */
export function jsonLine(value: unknown): string {
  return escaped(stringify(value));
}

function escaped(text = 'null'): string {
  return text.replace(unfit, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
