// How the program is bundled, the same for dist/, for the executable and for the list of what they contain.

/**
 * What esbuild is told for every bundle of the program.
 * @param {string} root where the sources lie
 * @param {'esm' | 'cjs'} format split by command where it is esm, one file where it is cjs
 * @returns {import('esbuild').BuildOptions}
 */
export function programBundle(root, format) {
  return {
    absWorkingDir: root,
    entryPoints: { jaco: 'src/cli/main.ts' },
    bundle: true,
    splitting: format === 'esm',
    format,
    platform: 'node',
    target: 'node20',
    // The executable has no loader of ES modules: what it imports when needed, Node's own modules too, it requires.
    ...(format === 'cjs' ? { supported: { 'dynamic-import': false } } : {}),
    // Packages' ES modules, of which only what is used is taken; and no more text than needs to be parsed at every start.
    mainFields: ['module', 'main'],
    minify: true,
    // The licences of what is bundled are in THIRD_PARTY_LICENSES, whole.
    legalComments: 'none',
    plugins: [spawnWhenWanted],
  };
}

/**
 * The parser of the command line can start other programs as its commands, which ours never does. What it would need for that
 * takes 3 ms to load, at every start; so it gets it when it asks.
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
