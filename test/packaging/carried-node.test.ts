import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { carriedNode } from '../../scripts/carried-node.mjs';
import { pinnedNodes } from '../../scripts/tested-nodes.mjs';
import { scratchFor } from '../cli/scratch-directory.js';
import { projectRoot } from './installed-package.js';

const test = suite('the Node that the executable carries');
const scratch = scratchFor(test);

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** A package with a program and a licence, as npm packs it. */
function packed(name: string, version: string): Buffer {
  const directory = scratch.directory('package');
  write(join(directory, 'package.json'), JSON.stringify({ name, version, os: 'linux', cpu: 'none-such' }));
  write(join(directory, 'bin/node'), '#!/bin/sh\n');
  write(join(directory, 'LICENSE'), 'Node.js is licensed for use as follows: freely.\n');
  return execFileSync('tar', ['-cz', '-C', dirname(directory), 'package']);
}

const sha512 = (bytes: Buffer) => `sha512-${createHash('sha512').update(bytes).digest('base64')}`;

/** A tree that pins version 1.2.3 for the processor "none-such", with this checksum. */
function tree(integrity: string): string {
  const root = scratch.directory('tree');
  const pinned = { version: '1.2.3', integrity: { 'node-linux-none-such': integrity } };
  write(join(root, 'scripts/tested-nodes.json'), JSON.stringify({ 24: pinned }));
  return root;
}

/** Runs something while npm uses a local registry that has only that package; without one, there is no answer. */
async function withRegistry<T>(tarball: Buffer | undefined, run: () => Promise<T>): Promise<T> {
  const name = 'node-linux-none-such';
  const server = createServer((request, response) => {
    if (tarball === undefined) request.socket.destroy();
    else if (request.url?.endsWith('.tgz')) response.end(tarball);
    else {
      const dist = { tarball: `http://${request.headers.host}/${name}.tgz`, integrity: sha512(tarball) };
      response.end(JSON.stringify({ name, versions: { '1.2.3': { name, version: '1.2.3', dist } } }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const settings = {
    npm_config_registry: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    npm_config_cache: scratch.directory('cache'),
    npm_config_fetch_retries: '0',
  };
  const before = { ...process.env };
  Object.assign(process.env, settings);
  try {
    return await run();
  } finally {
    for (const name of Object.keys(settings)) delete process.env[name];
    Object.assign(process.env, before);
    server.closeAllConnections();
    server.close();
  }
}

/** Why it is refused, in one line, and whether that is for want of an answer. */
async function refusal(root: string): Promise<{ readonly message: string; readonly unreachable: boolean | undefined }> {
  const outcome: unknown = await carriedNode(root, 'none-such').catch((error: unknown) => error);
  if (!(outcome instanceof Error)) throw new Error('it was not refused');
  return { message: outcome.message, unreachable: (outcome as { unreachable?: boolean }).unreachable };
}

test('is pinned with its checksum for each processor', () => {
  const pinned = pinnedNodes(projectRoot)['24'];
  assert.match(pinned?.version ?? '', /^24\.\d+\.\d+$/);
  for (const each of ['x64', 'arm64']) assert.match(pinned?.integrity[`node-linux-${each}`] ?? '', /^sha512-/);
});

test('is no dependency of the package, so that npm fetches it only to build an executable', () => {
  for (const name of ['package.json', 'package-lock.json']) {
    assert.not.match(readFileSync(join(projectRoot, name), 'utf8'), 'node-linux');
  }
});

test('is fetched by npm, for any processor, and kept', async () => {
  const tarball = packed('node-linux-none-such', '1.2.3');
  const root = tree(sha512(tarball));
  const fetched = await withRegistry(tarball, () => carriedNode(root, 'none-such'));
  assert.is(fetched.version, '1.2.3');
  assert.is(fetched.license, 'Node.js is licensed for use as follows: freely.\n');
  assert.is(readFileSync(fetched.program, 'utf8'), '#!/bin/sh\n');
  assert.equal(await withRegistry(undefined, () => carriedNode(root, 'none-such')), fetched);
});

test('is refused with another checksum, and nothing of it is left', async () => {
  const root = tree(sha512(Buffer.from('another')));
  const tarball = packed('node-linux-none-such', '1.2.3');
  const { message, unreachable } = await withRegistry(tarball, () => refusal(root));
  assert.match(message, /^npm could not fetch node-linux-none-such 1\.2\.3:\n.* EINTEGRITY\n/);
  assert.is(unreachable, false);
  assert.equal(readdirSync(join(root, 'build/nodes')), []);
});

test('is reported as out of reach if no registry answers', async () => {
  const { message, unreachable } = await withRegistry(undefined, () => refusal(tree(sha512(Buffer.from('any')))));
  assert.match(message, /^npm could not fetch node-linux-none-such 1\.2\.3:\n/);
  assert.is(unreachable, true);
});

test('is refused for a processor without a pinned version', async () => {
  const root = tree(sha512(Buffer.from('any')));
  const error = await carriedNode(root, 'mips').catch((reason: Error) => reason.message);
  assert.is(error, 'no Node to carry is pinned for mips');
});

test.run();
