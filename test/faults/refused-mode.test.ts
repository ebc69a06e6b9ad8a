import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeFileSystem } from '../../src/adapters/filesystem/node-file-system.js';

const test = suite('a file system that refuses modes');

const refusal = Object.assign(new Error('EPERM'), { code: 'EPERM' });
const refuse = () => Promise.reject(refusal);
let directory: string;

/** Runs `work` while no mode can be changed, as on FAT. */
async function withoutModes(work: () => Promise<unknown>): Promise<unknown> {
  const handle = await fs.open(directory, 'r');
  await handle.close();
  const handles = Object.getPrototypeOf(handle) as { chmod: unknown };
  const before = { handleChmod: handles.chmod, chmod: fs.chmod };
  handles.chmod = refuse;
  fs.chmod = refuse;
  syncBuiltinESMExports();
  try {
    return await work().catch((error: unknown) => error);
  } finally {
    handles.chmod = before.handleChmod;
    fs.chmod = before.chmod;
    syncBuiltinESMExports();
  }
}

test.before.each(async () => {
  directory = await fs.mkdtemp(join(tmpdir(), 'jaco-modes-'));
});
test.after.each(() => fs.rm(directory, { recursive: true, force: true }));

test('keeps no file whose mode it refused', async () => {
  const files = createNodeFileSystem();
  assert.is(await withoutModes(() => files.createFile(join(directory, 'a'), 0o600)), refusal);
  assert.equal(await fs.readdir(directory), []);
});

test('keeps no directory whose mode it refused', async () => {
  const files = createNodeFileSystem();
  assert.is(await withoutModes(() => files.createDirectory(join(directory, 'd'), 0o700)), refusal);
  assert.equal(await fs.readdir(directory), []);
});

test.run();
