import { createHash } from 'node:crypto';

/** SHA-256 of the content of a file, in hexadecimal, as an installation record names it. */
export function digestOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
