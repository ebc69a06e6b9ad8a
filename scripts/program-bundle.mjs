// How to bundle the program: the same for dist/, for the executable and for the list of their contents.

/**
 * esbuild's options for the program itself: ES modules, split by command.
 * @param {string} root where the sources lie
 * @returns {import('esbuild').BuildOptions}
 */
export function programBundle(root) {
  return {
    absWorkingDir: root,
    entryPoints: { program: 'src/cli/main.ts' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // The used parts of packages' ES modules, minified, because every start parses the text.
    mainFields: ['module', 'main'],
    minify: true,
    // The full licences of bundled packages are in THIRD_PARTY_LICENSES.
    legalComments: 'none',
    plugins: [spawnWhenWanted],
  };
}

/**
 * esbuild's options for what starts the program: one file, which loads no other before it knows what is asked.
 * @param {string} root where the sources lie
 * @returns {import('esbuild').BuildOptions}
 */
export function programStart(root) {
  return {
    ...programBundle(root),
    entryPoints: { jaco: 'src/cli/start.ts' },
    splitting: false,
    format: 'cjs',
    ...asCommonJs,
    plugins: [{ name: 'main', setup: loadMainByName }],
  };
}

/** @param {import('esbuild').PluginBuild} build */
function loadMainByName(build) {
  build.onResolve({ filter: /^\.\/main\.js$/ }, () => ({ path: './program.js', external: true }));
}

/** What a CommonJS file needs of esbuild: it has no import.meta. */
export const asCommonJs = {
  supported: { 'dynamic-import': false },
  define: { 'import.meta.dirname': '__dirname' },
};

/**
 * The command-line parser can start other programs as its commands, which ours never does. The modules for that would
 * slow down every start, so they are loaded on demand.
 * @type {import('esbuild').Plugin}
 */
const spawnWhenWanted = {
  name: 'spawn-when-wanted',
  setup(build) {
    build.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('/node_modules/commander/')
        ? { path: 'spawn', namespace: 'spawn-when-wanted' }
        : { external: true },
    );
    build.onLoad({ filter: /.*/, namespace: 'spawn-when-wanted' }, () => ({
      contents: "exports.spawn = (...words) => require('node:child_process').spawn(...words);",
    }));
  },
};
