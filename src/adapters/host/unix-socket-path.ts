import { normalize, resolve } from 'node:path';

/** How long the path of a unix socket may be, in bytes: sun_path of unix(7) without its closing zero. */
export const unixSocketPathLimit = process.platform === 'linux' ? 107 : 103;

/** gRPC parses `unix:<path>` with a pattern that stops at a line break, and has no escape for one. */
const lineBreak = /[\n\r\u2028\u2029]/;

/** Why a path cannot be that of a socket, as a clause about the path; undefined if it can. */
export function faultOfSocketPath(path: string): string | undefined {
  if (lineBreak.test(path)) return 'the path holds a line break, which gRPC cannot write';
  return unixSocketPath(path) === undefined ? 'the path is too long for a unix socket' : undefined;
}

/**
 * The path to use for a unix socket: absolute, or as given if only that is short enough. Undefined if it is too long
 * either way: libuv would truncate it, and then name another socket.
 */
export function unixSocketPath(path: string): string | undefined {
  return [resolve(path), normalize(path)].find((candidate) => Buffer.byteLength(candidate) <= unixSocketPathLimit);
}
