// Runs a command of the built program once, and leaves beside the program what V8 has made of its files meanwhile
// (src/cli/precompiled-program.ts reads it). Whether the command succeeds does not matter.
//   node scripts/precompile.mjs <dist> <command> [words]
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { importSources } from './import-sources.mjs';

const root = new URL('..', import.meta.url).pathname;
const [dist = '', command = '', ...words] = process.argv.slice(2);
const directory = resolve(dist);
/** @type {typeof import('../src/cli/chunk-loader.js') & typeof import('../src/cli/precompiled-program.js')} */
const { chunkLoader, mainChunk, packDirectory } = await importSources(
  root,
  "export * from './src/cli/chunk-loader.js'; export * from './src/cli/precompiled-program.js';",
);

/** @type {Map<string, { text: string, script: import('node:vm').Script }>} */
const files = new Map();
const load = chunkLoader(
  directory,
  (name) => ({ text: readFileSync(join(directory, name), 'latin1'), code: undefined }),
  createRequire(join(directory, 'jaco.js')),
  (name, text, script) => void files.set(name, { text, script }),
);
process.once('exit', writePack);
process.argv = [process.execPath, join(directory, 'jaco.js'), command, ...words];
load(mainChunk);

function writePack() {
  /** @type {Buffer[]} */
  const parts = [];
  let size = 0;
  /** Where the bytes begin and end. V8 copies code that does not begin at a multiple of eight. @param {Buffer} bytes */
  const add = (bytes) => {
    const begin = size;
    parts.push(bytes, Buffer.alloc(-bytes.length & 7));
    size += bytes.length + (-bytes.length & 7);
    return /** @type {const} */ ([begin, begin + bytes.length]);
  };
  const places = [...files].map(([name, { text, script }]) => {
    return /** @type {const} */ ([name, add(Buffer.from(text, 'latin1')), add(script.createCachedData())]);
  });
  /** The index with all places behind a line of so many bytes. @param {number} line */
  const indexBehind = (line) => {
    const chunks = Object.fromEntries(
      places.map(([name, text, code]) => [name, [...text, ...code].map((position) => position + line)]),
    );
    return JSON.stringify({ node: process.version, size: line + size, chunks });
  };
  // Room for larger numbers than without the line, and for the end of the line.
  const line = (Math.ceil(indexBehind(0).length / 8) + files.size * 4) * 8;
  const target = join(directory, packDirectory, `${command}.pack`);
  mkdirSync(join(directory, packDirectory), { recursive: true });
  writeFileSync(`${target}.new`, Buffer.concat([Buffer.from(`${indexBehind(line).padEnd(line - 1)}\n`), ...parts]));
  renameSync(`${target}.new`, target);
}
