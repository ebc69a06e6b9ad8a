import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cluster, writeArchive } from '../cli/archive-file.js';
import { jacoSucceeds, runJaco } from '../cli/jaco-process.js';
import { startSandbox } from '../cli/running-sandbox.js';
import { sharedScratchFor } from '../cli/scratch-directory.js';
import { compileProject, installPackage, projectRoot } from './installed-package.js';

const test = suite('the package as a library');
const scratch = sharedScratchFor(test);
const project = scratch.directory('project');

const files = installPackage(project);
const exported = files.map((path) => /^lib\/(.+)\.d\.ts$/.exec(path)?.[1]).filter((name) => name !== undefined);
const document = readFileSync(join(projectRoot, 'docs/embedding.md'), 'utf8');
const frontend = /```ts\n([\s\S]*?)```/.exec(document)?.[1] ?? '';
writeFileSync(join(project, 'package.json'), '{ "type": "module" }\n');
writeFileSync(join(project, 'frontend.ts'), frontend);
writeFileSync(
  join(project, 'everything.ts'),
  [
    ...exported.map((name, index) => `import * as module${index} from 'jaco/${name}';`),
    `console.log([${exported.map((_, index) => `module${index}`).join(', ')}].length);`,
  ].join('\n'),
);
const complaints = compileProject(project, ['frontend.ts', 'everything.ts']);

test('holds the program, the library and the licences, and nothing of the tests', () => {
  for (const path of ['dist/jaco.js', 'lib/domain/errors.js', 'LICENSE', 'THIRD_PARTY_LICENSES', 'docs/embedding.md']) {
    assert.ok(files.includes(path), path);
  }
  assert.equal(
    files.filter((path) => /(^|\/)(test|src|build|scripts)\/|\.built$/.test(path)),
    [],
  );
});

test('holds a program that runs from the unpacked tarball, without any other package', async () => {
  const alone = scratch.directory('alone');
  for (const name of ['dist', 'package.json']) {
    cpSync(join(project, 'node_modules/jaco', name), join(alone, name), { recursive: true });
  }
  const program = join(alone, 'dist/jaco.js');
  const archive = await writeArchive(scratch.path('a.tar.gz'), [cluster()]);
  for (const words of [['--version'], ['inspect', archive], ['drill', '--input', archive]]) {
    const { code, stderr } = await runJaco(words, { program, directory: alone });
    assert.is(code, 0, stderr);
  }
});

test('has no link in its README that leads nowhere', () => {
  const readme = readFileSync(join(project, 'node_modules/jaco/README.md'), 'utf8');
  const links = [...readme.matchAll(/\]\(([^)\s#]+)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !link.includes('://'));
  assert.ok(links.length > 8, String(links.length));
  assert.equal(
    links.filter((link) => !existsSync(join(project, 'node_modules/jaco', link))),
    [],
  );
});

test('exports every file of the library, and no file of the command line', () => {
  const folders = new Set(exported.map((name) => name.split('/')[0]));
  assert.equal(folders, new Set(['adapters', 'composition', 'documents', 'domain', 'ports']));
  assert.ok(exported.length > 80, String(exported.length));
});

test('has types that a strict compiler accepts, including the documented frontend', () => {
  assert.is(complaints, '');
});

test('imports every export with the declared dependencies alone', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['everything.js'], { cwd: project, encoding: 'utf8' });
  assert.is(stdout.trim(), String(exported.length), stderr);
});

test('does not let the command line be imported', () => {
  const script = "await import('jaco/cli/program').catch((error) => console.log(error.code));";
  const parameters = ['--input-type=module', '--eval', script];
  const { stdout } = spawnSync(process.execPath, parameters, { cwd: project, encoding: 'utf8' });
  assert.is(stdout, 'ERR_PACKAGE_PATH_NOT_EXPORTED\n');
});

test('streams a backup that restores from the documented HTTP endpoint', async () => {
  const sandbox = await startSandbox(scratch.path('cluster'));
  const endpoint = await startFrontend(sandbox.socket);
  const response = await fetch(endpoint.url);
  writeFileSync(scratch.path('backup.tar.gz'), new Uint8Array(await response.arrayBuffer()));
  await Promise.all([endpoint.stop(), sandbox.stop()]);
  assert.is(response.headers.get('content-type'), 'application/gzip');
  assert.match(await jacoSucceeds(['inspect', scratch.path('backup.tar.gz')]), /deployments/i);
});

test('answers 502 with the code of the error where there is no daemon', async () => {
  const endpoint = await startFrontend(scratch.path('nobody.sock'));
  const response = await fetch(endpoint.url);
  const body = await response.text();
  await endpoint.stop();
  assert.is(response.status, 502);
  assert.is(body, 'connection_failed');
});

/** Runs the compiled frontend of the page in its own process. */
async function startFrontend(socket: string): Promise<{ readonly url: string; stop(): Promise<unknown> }> {
  const port = await freePort();
  const child = spawn(process.execPath, ['frontend.js'], {
    cwd: project,
    env: { JACO_SOCKET: socket, PORT: String(port) },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}/`;
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const answers = await fetch(url, { method: 'HEAD' }).then(
      () => true,
      () => false,
    );
    if (answers) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    stop() {
      child.kill();
      return once(child, 'exit');
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test.run();
