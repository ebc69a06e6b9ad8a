// Builds the program into dist/ (bundled, split by command, with source maps); with --library compiles the library for
// other programs, with its types, into lib/; with --tests compiles everything, tests included, into build/ and checks
// the types on the way.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, transform } from 'esbuild';
import { precompileCommands } from './precompiled-commands.mjs';
import { preparedAnswers } from './prepared-answers.mjs';
import { asCommonJs, programBundle, programStart } from './program-bundle.mjs';

const root = new URL('..', import.meta.url).pathname;

if (process.argv.includes('--tests')) compile('.', ['build/test', 'build/src']);
if (process.argv.includes('--library')) compile('tsconfig.library.json', ['lib']);

/** Ends this run with the compiler's own exit code. @param {string} project @param {readonly string[]} stale */
function compile(project, stale) {
  for (const directory of stale) rmSync(join(root, directory), { recursive: true, force: true });
  const result = spawnSync('node', ['node_modules/typescript/bin/tsc', '-p', project, '--incremental', 'false'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  process.exit(result.status ?? 1);
}

/**
 * esbuild exports by two getters, one behind the other, which every use in another file goes through. What is known
 * when the file has run becomes a plain property; what is not keeps its getter.
 */
const plainExports = `{const e=module.exports,p=Object.getOwnPropertyDescriptors(e);for(const n in p){const value=e[n];if(value!==undefined)p[n]={value,enumerable:p[n].enumerable}}module.exports=Object.defineProperties({},p)}
`;

const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
for (const options of [programBundle(root, 'esm'), programStart(root)]) {
  const bundle = await build({
    ...options,
    outdir: dist,
    write: false,
    // Inside the files for the next step, which keeps it.
    sourcemap: 'inline',
    sourcesContent: false,
  });
  for (const { path, text } of bundle.outputFiles ?? []) await writeCommonJs(path, text);
}
writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n');
writeFileSync(join(dist, 'answers.json'), await preparedAnswers(root));
chmodSync(join(dist, 'jaco.js'), 0o755);
await precompileCommands(root, dist);

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
