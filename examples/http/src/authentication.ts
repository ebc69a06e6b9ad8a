import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** In characters; a shorter token could be guessed. */
const shortestToken = 32;

/** Whether a request carries the token as `Authorization: Bearer …`. */
export type IsAuthorized = (request: IncomingMessage) => boolean;

/**
 * A check for one token. Its duration reveals nothing about the token: it compares digests, which all have the same
 * length.
 * @throws Error  the token is too short to be a secret
 */
export function bearerToken(token: string): IsAuthorized {
  if (token.length < shortestToken) throw new Error(`the token is shorter than ${shortestToken} characters`);
  const expected = digest(token);
  return ({ headers }) => {
    const given = /^Bearer +([^ ]+) *$/i.exec(headers.authorization ?? '')?.[1];
    return given !== undefined && timingSafeEqual(digest(given), expected);
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
