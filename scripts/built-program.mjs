import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, transform } from 'esbuild';
import { preparedAnswers } from './prepared-answers.mjs';
import { asCommonJs, programBundle, programStart } from './program-bundle.mjs';

/**
 * esbuild exports by two getters, one behind the other, which every use in another file goes through. What is known
 * when the file has run becomes a plain property; what is not keeps its getter.
 */
const plainExports = `{const e=module.exports,p=Object.getOwnPropertyDescriptors(e);for(const n in p){const value=e[n];if(value!==undefined)p[n]={value,enumerable:p[n].enumerable}}module.exports=Object.defineProperties({},p)}
`;

/**
 * Builds the program into a new directory: jaco.js, which starts it, its other files with their source maps, and its answers.
 * @param {string} root where the sources lie
 * @param {string} directory
 */
export async function buildProgram(root, directory) {
  mkdirSync(directory);
  for (const options of [programBundle(root), programStart(root)]) {
    const bundle = await build({
      ...options,
      outdir: directory,
      write: false,
      // Inside the files for the next step, which keeps it.
      sourcemap: 'inline',
      sourcesContent: false,
    });
    for (const { path, text } of bundle.outputFiles ?? []) await writeCommonJs(path, text);
  }
  writeFileSync(join(directory, 'package.json'), '{ "type": "commonjs" }\n');
  writeFileSync(join(directory, 'answers.json'), await preparedAnswers(root));
  chmodSync(join(directory, 'jaco.js'), 0o755);
}

/**
 * Only ES modules can be split, but Node starts CommonJS files faster: of a small restore they save a tenth.
 * @param {string} path @param {string} text
 */
async function writeCommonJs(path, text) {
  const { code, map } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minify: true,
    ...asCommonJs,
    sourcemap: 'external',
    sourcesContent: false,
    sourcefile: basename(path),
  });
  writeFileSync(path, `${code}${plainExports}//# sourceMappingURL=${basename(path)}.map\n`);
  writeFileSync(`${path}.map`, map);
}
