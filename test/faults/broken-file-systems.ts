import type { FileSystem, OpenFile } from '../../src/adapters/filesystem/file-system.js';

/** A call of the seam: which method, and on what path. */
export interface Call {
  readonly method: string;
  readonly path: string;
}

/** The methods of {@link OpenFile} that make something durable, and of {@link FileSystem}. */
const syncs = ['sync', 'syncDirectory'];

/** A file system whose sync number `position` (from 0, of files and directories together) does nothing and says it did. */
export function withoutSync(fileSystem: FileSystem, position: number): FileSystem {
  let syncsSoFar = 0;
  return intercepted(fileSystem, async ({ method }, make) => {
    if (syncs.includes(method) && syncsSoFar++ === position) return undefined;
    return make();
  });
}

/** Which calls are refused: number `position` (from 0, of all methods of both interfaces together), or all from there on. */
export interface Failure {
  readonly position: number;
  readonly errno: string;
  readonly duration: 'once' | 'for good';
}

/**
 * A file system that refuses calls before they do anything, and tells `onFailure` of each. Only a close closes all the
 * same, as close(2) does.
 */
export function failing(
  fileSystem: FileSystem,
  { position, errno, duration }: Failure,
  onFailure: (call: Call) => void,
): FileSystem {
  let callsSoFar = 0;
  return intercepted(fileSystem, async (call, make) => {
    const number = callsSoFar++;
    if (number < position || (number > position && duration === 'once')) return make();
    onFailure(call);
    if (call.method === 'close') await make();
    throw Object.assign(new Error(`${errno}: ${call.method} ${call.path}`), { code: errno, path: call.path });
  });
}

/** A file system that refuses, with EIO and before they do anything, the calls that `isRefused` picks. */
export function refusing(fileSystem: FileSystem, isRefused: (call: Call) => boolean): FileSystem {
  return intercepted(fileSystem, async (call, make) => {
    if (!isRefused(call)) return make();
    throw Object.assign(new Error(`EIO: ${call.method} ${call.path}`), { code: 'EIO', path: call.path });
  });
}

/** Passes every call to `decide`, which makes it (or not) and returns the caller's result. */
function intercepted(
  fileSystem: FileSystem,
  decide: (call: Call, make: () => Promise<unknown>) => Promise<unknown>,
): FileSystem {
  const files = wrapped(fileSystem, (method, parameters) => ({ method, path: String(parameters[0]) }), decide);
  const opening = (method: 'createFile' | 'openFile') => ({
    [method]: async (path: string, ...rest: [never]) => {
      const file = await files[method](path, ...rest);
      return wrapped<OpenFile>(file, (name) => ({ method: name, path }), decide);
    },
  });
  return { ...files, ...opening('createFile'), ...opening('openFile') };
}

/** The same methods, each of which passes through `decide`. */
function wrapped<Methods extends object>(
  methods: Methods,
  callOf: (method: string, parameters: readonly unknown[]) => Call,
  decide: (call: Call, make: () => Promise<unknown>) => Promise<unknown>,
): Methods {
  const entries = Object.entries(methods).map(([name, method]) => [
    name,
    (...parameters: readonly unknown[]) =>
      decide(callOf(name, parameters), () =>
        (method as (...all: readonly unknown[]) => Promise<unknown>)(...parameters),
      ),
  ]);
  return Object.fromEntries(entries) as Methods;
}
