import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { getRawAsset, isSea } from 'node:sea';
import { chunkLoader } from './chunk-loader.js';

/**
 * Where the files of a command lie in its pack. The build writes one for each of some commands (scripts/precompile.mjs),
 * a line with this as JSON, and behind it the texts and V8's code of the files that the command loads.
 */
export interface PackIndex {
  /** The version of the Node that made the code. */
  readonly node: string;
  /** Of the whole pack, in bytes. */
  readonly size: number;
  /** By name: where the text begins and ends, and where the code begins and ends. In bytes from the beginning. */
  readonly chunks: Readonly<Record<string, readonly [number, number, number, number]>>;
}

/** In the directory of the program, beside its files. @public scripts/precompile.mjs writes there */
export const packDirectory = 'code';

/** The file of the program that runs the command in `process.argv`. @public scripts/precompile.mjs runs it */
export const mainChunk = './program.js';

/**
 * Runs the command with the code that the build has precompiled for it, which takes a third less time than compiling it
 * (docs/decisions/0034). False if there is none for this command and this Node; nothing has run then. The executable, in
 * which Node finds no files, runs without such code as well.
 */
export function runPrecompiled(words: readonly string[]): boolean {
  const directory = import.meta.dirname;
  // Beside the executable, which is one file, may lie what is from anyone: it has its files inside.
  const read = isSea() ? readAsset : (name: string) => readFileSync(join(directory, name));
  const pack = packFor(words[0] ?? '', read);
  if (pack === undefined && !isSea()) return false;
  const { chunks = {}, bytes = Buffer.alloc(0) } = pack ?? {};
  const load = chunkLoader(
    directory,
    (name) => {
      const [text, textEnd, code, codeEnd] = chunks[name] ?? [0, 0, 0, 0];
      if (codeEnd === 0) return { text: read(name.slice(2)).toString('latin1'), code: undefined };
      return { text: bytes.toString('latin1', text, textEnd), code: bytes.subarray(code, codeEnd) };
    },
    createRequire(join(directory, 'jaco.js')),
  );
  load(mainChunk);
  return true;
}

/** The pack of a command, if there is one that fits this Node. */
function packFor(
  command: string,
  read: (name: string) => Buffer,
): { readonly bytes: Buffer; readonly chunks: PackIndex['chunks'] } | undefined {
  // Node maps stacks to sources only for files that it has loaded itself.
  if (!/^[a-z]+$/.test(command) || process.env['JACO_DEBUG'] === '1' || process.sourceMapsEnabled) return undefined;
  try {
    const bytes = read(`${packDirectory}/${command}.pack`);
    const { node, size, chunks } = JSON.parse(bytes.toString('latin1', 0, bytes.indexOf('\n'))) as PackIndex;
    return node === process.version && size === bytes.length ? { bytes, chunks } : undefined;
  } catch {
    // There is none for this command, or none that can be read: the program is loaded without.
    return undefined;
  }
}

/** A file inside the executable; not copied, and so only to be read. */
function readAsset(name: string): Buffer {
  return Buffer.from(getRawAsset(name) as ArrayBuffer);
}
