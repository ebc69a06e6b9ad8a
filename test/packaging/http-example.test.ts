import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sourceFiles } from '../architecture/source-files.js';
import { sharedScratchFor } from '../cli/scratch-directory.js';
import { installPackage, projectRoot } from './installed-package.js';

const test = suite('the example of a second frontend, examples/http');
const scratch = sharedScratchFor(test);
const example = join(projectRoot, 'examples/http');
const project = scratch.path('project');

cpSync(example, project, { recursive: true, filter: (path) => !/\/(dist|node_modules)$/.test(path) });
installPackage(project);
const compiler = join(projectRoot, 'node_modules/typescript/bin/tsc');
const { stdout: complaints } = spawnSync(process.execPath, [compiler, '-p', project], { encoding: 'utf8' });

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

function manifestIn(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
}

/** The imports of a folder of the example. */
function importsOf(folder: string): readonly string[] {
  const texts = sourceFiles(`examples/http/${folder}`).map(({ text }) => text);
  return texts.flatMap((text) =>
    [...text.matchAll(/(?:from|import|import\()\s*'([^']+)'/g)].map(([, name = '']) => name),
  );
}

test('compiles strictly against the packed package', () => {
  assert.is(complaints, '');
});

test('imports only what the package exports and what Node has', () => {
  const lawful = /^(node:|\.\.?\/|jaco\/(adapters|composition|documents|domain|ports)\/)/;
  for (const folder of ['src', 'test']) {
    const imports = importsOf(folder);
    assert.equal(
      imports.filter((name) => !lawful.test(name)),
      [],
    );
    assert.ok(imports.length > 20, folder);
  }
});

test('takes the tarball of this version, and the tools that this project has', () => {
  const [own, ours] = [manifestIn(example), manifestIn(projectRoot)];
  assert.equal(own.dependencies, { jaco: `file:../../jaco-${ours.version}.tgz` });
  for (const [name, range] of Object.entries(own.devDependencies)) assert.is(range, ours.devDependencies[name], name);
});

test('passes its own tests, against the embedded daemon of the package', () => {
  const files = sourceFiles('examples/http/test').map(({ path }) => path.slice('examples/http/'.length));
  const tests = files.filter((path) => path.endsWith('.test.ts')).map((path) => `dist/${path.replace('.ts', '.js')}`);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--test', '--test-reporter=tap', ...tests], {
    cwd: project,
    encoding: 'utf8',
    // Without the runner's own variables: another runner would treat itself as a part of it.
    env: { PATH: process.env['PATH'] },
    timeout: 400_000,
  });
  const count = (what: string) => Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(stdout)?.[1]);
  assert.is(status, 0, `${stdout}\n${stderr}`);
  assert.is(count('pass'), count('tests'));
  assert.ok(count('tests') >= 55, stdout);
});

test.run();
