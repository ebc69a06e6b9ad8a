// Makes a fresh clone ready: installs the pinned packages and builds, each only when missing or stale. Uses only Node,
// as it runs before anything is installed. Every command of package.json that needs it calls it by name: npm does not
// run pre- and post-scripts under ignore-scripts.
//   node scripts/setup.mjs [--library | --tests]   the program; with the library; with the library and the tests
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const withTests = process.argv.includes('--tests');
const withLibrary = withTests || process.argv.includes('--library');

/** @param {string} command @param {string[]} parameters */
function run(command, parameters) {
  const result = spawnSync(command, parameters, { cwd: root, stdio: ['ignore', 2, 2] });
  if (result.status !== 0) {
    console.error(`set-up failed at: ${command} ${parameters.join(' ')}`);
    process.exit(result.status ?? 1);
  }
}

/** @param {readonly string[]} paths */
function fingerprint(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    const entries = existsSync(join(root, path))
      ? readdirSync(join(root, path), { recursive: true, withFileTypes: true })
      : [];
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.sort()) hash.update(file.slice(root.length)).update(readFileSync(file));
  }
  for (const file of ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.library.json'])
    hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** Runs `action` unless `stamp` already holds `value`. @param {string} stamp @param {string} value @param {() => void} action */
function unlessStamped(stamp, value, action) {
  const path = join(root, stamp);
  if (existsSync(path) && readFileSync(path, 'utf8') === value) return;
  action();
  writeFileSync(path, value);
}

const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
unlessStamped('node_modules/.installed', lock, () => run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']));
unlessStamped('dist/.built', fingerprint(['src', 'scripts']), () => run('node', ['scripts/build.mjs']));
if (withLibrary) {
  unlessStamped('lib/.built', fingerprint(['src']), () => run('node', ['scripts/build.mjs', '--library']));
}
if (withTests) {
  unlessStamped('build/.built', fingerprint(['src', 'test', 'bench', 'scripts']), () =>
    run('node', ['scripts/build.mjs', '--tests']),
  );
  run('node', ['build/test/interop/prepare-engine.js']);
  run('node', ['build/test/adapters/storage/s3/prepare-servers.js']);
}
