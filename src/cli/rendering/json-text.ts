import { stringify } from 'lossless-json';

/** A value as indented JSON; a bigint becomes a number with all its digits. */
export function jsonText(value: unknown): string {
  return stringify(value, undefined, 2) ?? 'null';
}
