import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import semver from 'semver';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scratchFor } from '../cli/scratch-directory.js';
import { projectRoot } from './installed-package.js';

const test = suite('installing a clone');
const scratch = scratchFor(test);

interface Manifest {
  readonly engines: { readonly node: string };
  readonly scripts: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}
interface LockedPackage {
  readonly hasInstallScript?: boolean;
  readonly deprecated?: string;
  readonly engines?: { readonly node?: string };
}

const read = (name: string) => JSON.parse(readFileSync(join(projectRoot, name), 'utf8')) as unknown;
const manifest = read('package.json') as Manifest;
const locked = Object.entries((read('package-lock.json') as { packages: Record<string, LockedPackage> }).packages);
const nameOf = (directory: string) => directory.replace(/^.*node_modules\//, '');

test('runs no script of a package: those that have one are denied it, so that npm does not ask', () => {
  const scripted = locked
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([directory]) => nameOf(directory));
  assert.equal(new Set(Object.keys(manifest.allowScripts)), new Set(scripted));
  assert.equal(
    Object.entries(manifest.allowScripts).filter(([, allowed]) => allowed),
    [],
  );
});

test('has an explanation of each script that is denied', () => {
  const contributing = readFileSync(join(projectRoot, 'CONTRIBUTING.md'), 'utf8');
  for (const name of Object.keys(manifest.allowScripts)) assert.match(contributing, `${name}'s`);
});

test('brings no package that npm warns of as deprecated', () => {
  const deprecated = locked.filter(([, { deprecated }]) => deprecated !== undefined);
  assert.equal(deprecated, []);
});

test('works on the oldest Node of each line that engines has: every package accepts it', () => {
  const oldest = manifest.engines.node.split(' || ').map((line) => semver.minVersion(line)?.version ?? '');
  assert.is(oldest.length, 3);
  for (const version of oldest) {
    const refusing = locked.filter(([, { engines }]) => !semver.satisfies(version, engines?.node ?? '*'));
    assert.equal(
      refusing.map(([directory]) => nameOf(directory)),
      [],
      `on Node ${version}`,
    );
  }
});

/** What npm prints for a command of package.json in a clone whose scripts only say how they were called. */
function printed(...words: readonly string[]): string {
  const clone = scratch.directory('clone');
  scratch.directory('clone/scripts');
  writeFileSync(join(clone, 'package.json'), JSON.stringify({ scripts: manifest.scripts }));
  for (const name of ['setup', 'demo', 'run-tests', 'check', 'build-executable', 'build-deb']) {
    const script = `console.log(['${name}', ...process.argv.slice(2)].join(' '));`;
    writeFileSync(join(clone, 'scripts', `${name}.mjs`), script);
  }
  const npm = ['--ignore-scripts', '--silent', '--offline', '--update-notifier=false'];
  return execFileSync('npm', [...npm, ...words], { cwd: clone, encoding: 'utf8' });
}

for (const [words, expected] of [
  ['run demo', 'setup\ndemo\n'],
  ['test', 'setup --tests\nrun-tests\n'],
  ['test -- faults', 'setup --tests\nrun-tests faults\n'],
  ['run check', 'setup --tests\ncheck\n'],
  ['run build', 'setup --library\n'],
  ['run build:executable', 'setup\nbuild-executable\n'],
] as const) {
  test(`sets up on \`npm ${words}\`, also where npm runs no script by itself`, () => {
    assert.is(printed(...words.split(' ')), expected);
  });
}

test('README and CONTRIBUTING name the lines of Node that all tests are run on', () => {
  const [oldest, ...supported] = Object.keys(read('scripts/tested-nodes.json') as object);
  const sentence = `${supported.slice(0, -1).join(', ')} and ${supported.at(-1)}`;
  const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
  const contributing = readFileSync(join(projectRoot, 'CONTRIBUTING.md'), 'utf8');
  assert.match(readme, `Supported are Node ${sentence}.`);
  assert.match(readme, `Node ${oldest}.19 and newer still works`);
  assert.match(contributing, `We support the maintained versions, ${sentence}.`);
  assert.match(contributing, `\`npm run test:node -- <major>\` for ${sentence}`);
});

test.run();
