import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isSea } from 'node:sea';
import { chunkLoader, type LoadChunk } from './chunk-loader.js';

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
 * (docs/decisions/0034). False if there is none for this command and this Node; nothing has run then.
 */
export function runPrecompiled(words: readonly string[]): boolean {
  const load = loaderFor(words[0] ?? '');
  if (load === undefined) return false;
  load(mainChunk);
  return true;
}

function loaderFor(command: string): LoadChunk | undefined {
  // The executable is one file: what lies beside it may be from anyone.
  if (isSea() || !/^[a-z]+$/.test(command)) return undefined;
  // Node maps stacks to sources only for files that it has loaded itself.
  if (process.env['JACO_DEBUG'] === '1' || process.sourceMapsEnabled) return undefined;
  const directory = import.meta.dirname;
  try {
    const pack = readFileSync(join(directory, packDirectory, `${command}.pack`));
    const { node, size, chunks } = JSON.parse(pack.toString('latin1', 0, pack.indexOf('\n'))) as PackIndex;
    if (node !== process.version || size !== pack.length) return undefined;
    const require = createRequire(join(directory, 'jaco.js'));
    return chunkLoader(
      directory,
      (name) => {
        const [text, textEnd, code, codeEnd] = chunks[name] ?? [0, 0, 0, 0];
        if (codeEnd === 0) return { text: readFileSync(join(directory, name), 'latin1'), code: undefined };
        return { text: pack.toString('latin1', text, textEnd), code: pack.subarray(code, codeEnd) };
      },
      require,
    );
  } catch {
    // No pack for this command, or none that can be read: the program is loaded without.
    return undefined;
  }
}
