import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { shippedPackages } from '../../scripts/shipped-packages.mjs';
import { licensesOfExecutable } from '../../scripts/third-party-licenses.mjs';
import { sharedScratchFor } from '../cli/scratch-directory.js';
import { projectRoot } from './installed-package.js';

const test = suite('the licences of what is shipped');
const scratch = sharedScratchFor(test);

type Files = Readonly<Record<string, string>>;

/** A project whose program uses one package, which is installed with these files next to its package.json. */
function projectUsing(name: string, license: string, files: Files, dev = false): string {
  const root = scratch.directory(`${name}-user`);
  const lock = { packages: { '': {}, [`node_modules/${name}`]: dev ? { dev } : {} } };
  const all: Files = {
    'package-lock.json': JSON.stringify(lock),
    'src/cli/start.ts': "import './main.js';\n",
    'src/cli/main.ts': `import { used } from '${name}';\nconsole.log(used);\n`,
    [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.2.3', license, main: 'main.js' }),
    [`node_modules/${name}/main.js`]: 'exports.used = 1;\n',
  };
  for (const [path, text] of Object.entries(all)) write(join(root, path), text);
  for (const [path, text] of Object.entries(files)) write(join(root, 'node_modules', name, path), text);
  return root;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** The message with which the list is refused. */
async function refusal(root: string): Promise<string> {
  return await shippedPackages(root).then(
    () => 'not refused',
    (error: Error) => error.message,
  );
}

test('are all in THIRD_PARTY_LICENSES (npm run generate brings it up to date)', () => {
  const generator = join(projectRoot, 'scripts/generate-licenses.mjs');
  const { status, stderr } = spawnSync(process.execPath, [generator, '--check'], { encoding: 'utf8' });
  assert.is(status, 0, stderr);
});

test('are listed for every dependency of package.json, with its text', () => {
  const text = readFileSync(join(projectRoot, 'THIRD_PARTY_LICENSES'), 'utf8');
  const { dependencies } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    dependencies: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(dependencies)) {
    assert.match(text, new RegExp(`^[* ] ${name} \\d\\S+ +\\S+$`, 'm'));
    assert.match(text, new RegExp(`^${name} \\d\\S+$`, 'm'));
  }
});

test('are complete, with their notices, and marked if the program contains the package', async () => {
  const root = projectUsing('noticed', 'Apache-2.0', { LICENSE: '\uFEFFTerms. \r\n', 'NOTICE.txt': 'Thanks.\n' });
  assert.equal(await shippedPackages(root), [
    { name: 'noticed', version: '1.2.3', licence: 'Apache-2.0', text: 'Terms.\n\nThanks.', bundled: true },
  ]);
});

test('are refused when one is not of those that jaco may ship', async () => {
  const root = projectUsing('copyleft', 'GPL-3.0-only', { LICENSE: 'Terms.' });
  assert.is(await refusal(root), 'copyleft 1.2.3 has the licence GPL-3.0-only, which is not allowed');
});

test('are refused when a package has no text', async () => {
  assert.is(await refusal(projectUsing('silent', 'MIT', {})), 'silent 1.2.3 has no licence text');
});

test('are refused if the program contains a development dependency', async () => {
  const root = projectUsing('tool', 'MIT', { LICENSE: 'Terms.' }, true);
  assert.is(await refusal(root), 'node_modules/tool is inside the program and no dependency of it');
});

test('go with the executable together with that of the Node that it carries', () => {
  const license = 'Node.js is licensed for use as follows: freely.\n';
  const text = licensesOfExecutable(projectRoot, { version: '1.2.3', program: '/nonexistent', license });
  assert.ok(text.startsWith(readFileSync(join(projectRoot, 'LICENSE'), 'utf8').trim()));
  assert.match(text, 'Third-party licences of jaco');
  assert.match(text, 'The executable contains Node.js 1.2.3,');
  assert.ok(text.endsWith(license));
});

test.run();
