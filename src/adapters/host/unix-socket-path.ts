import { normalize, resolve } from 'node:path';

/** How long the path of a unix socket may be, in bytes: sun_path of unix(7) without its closing zero. */
export const unixSocketPathLimit = process.platform === 'linux' ? 107 : 103;

/** gRPC reads `unix:<path>` by a pattern that ends at a line break, and has no way to write one otherwise. */
const lineBreak = /[\n\r\u2028\u2029]/;

/** Why no socket can be reached or made at a path, as a clause about the path; undefined where it can. */
export function faultOfSocketPath(path: string): string | undefined {
  if (lineBreak.test(path)) return 'the path holds a line break, which gRPC cannot write';
  return unixSocketPath(path) === undefined ? 'the path is too long for a unix socket' : undefined;
}

/**
 * The path under which a unix socket can be named: absolute, or as it was given where only that is short enough.
 * Undefined when it is too long either way. libuv would cut it, and then name another socket.
 */
export function unixSocketPath(path: string): string | undefined {
  return [resolve(path), normalize(path)].find((candidate) => Buffer.byteLength(candidate) <= unixSocketPathLimit);
}
