import { stringify } from 'lossless-json';
import { withEscapes } from './json-escapes.js';

/** A value as indented JSON; a bigint becomes a number with all its digits. */
export function jsonText(value: unknown): string {
  return withEscapes(stringify(value, undefined, 2) ?? 'null');
}

/** The same on one line. */
export function jsonLine(value: unknown): string {
  return withEscapes(stringify(value) ?? 'null');
}
