import { Script } from 'node:vm';

/** A file of the built program, and what V8 has made of it before, if anything. */
export interface Chunk {
  readonly text: string;
  /** V8's code cache (`vm.Script.createCachedData`). V8 ignores one of another version of itself, or of other flags. */
  readonly code: Uint8Array | undefined;
}

/** Exports of a file, by its name as the others require it: `./chunk-ABC.js`. */
export type LoadChunk = (name: string) => unknown;

/**
 * Loads the files of the built program as Node loads CommonJS, but with the code that V8 has made of them before, and
 * without looking for each in the file system. Only what is not one of its files is left to `requireOther`.
 * @param directory where the files lie, for stacks and for what lies beside them
 * @param compiled is told of each file before it runs
 */
export function chunkLoader(
  directory: string,
  chunkOf: (name: string) => Chunk,
  requireOther: (name: string) => unknown,
  compiled?: (name: string, text: string, script: Script) => void,
): LoadChunk {
  const loaded = new Map<string, { exports: unknown }>();
  const load: LoadChunk = (name) => {
    if (!name.startsWith('./')) return requireOther(name);
    const known = loaded.get(name);
    if (known !== undefined) return known.exports;
    const { text, code } = chunkOf(name);
    const filename = `${directory}/${name.slice(2)}`;
    const script = new Script(`(function (exports, require, module, __filename, __dirname) {${text}\n})`, {
      filename,
      ...(code === undefined ? {} : { cachedData: code }),
    });
    compiled?.(name, text, script);
    const module = { exports: {} as unknown };
    loaded.set(name, module);
    script.runInThisContext()(module.exports, load, module, filename, directory);
    return module.exports;
  };
  return load;
}
