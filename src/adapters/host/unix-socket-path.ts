import { normalize, resolve } from 'node:path';

/** How long the path of a unix socket may be, in bytes: sun_path of unix(7) without its closing zero. */
export const unixSocketPathLimit = process.platform === 'linux' ? 107 : 103;

/**
 * The path under which a unix socket can be named: absolute, or as it was given where only that is short enough.
 * Undefined when it is too long either way. libuv would cut it, and then name another socket.
 */
export function unixSocketPath(path: string): string | undefined {
  return [resolve(path), normalize(path)].find((candidate) => Buffer.byteLength(candidate) <= unixSocketPathLimit);
}
