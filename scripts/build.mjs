// Builds the program into dist/ (bundled, split by command, with source maps); with --library compiles the library for
// other programs, with its types, into lib/; with --tests compiles everything, tests included, into build/ and checks
// the types on the way.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildProgram } from './built-program.mjs';
import { precompileCommands } from './precompiled-commands.mjs';

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

const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
await buildProgram(root, dist);
await precompileCommands(root, dist);
