import { chmod, chown, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { outputOf } from '../../../src/adapters/host/program-output.js';
import { skipTest } from '../../skipping.js';
import { withTemporaryDirectory } from '../filesystem/temporary-directory.js';

const test = suite('the output of programs that are found by name');

/** What a program prints after `change` has done something to it, or to the directory that it is in. */
const outputAfter = (change: (program: string, directory: string) => Promise<void>) =>
  withTemporaryDirectory(async (directory) => {
    const program = join(directory, 'asked');
    await writeFile(program, '#!/bin/sh\necho yes\n', { mode: 0o755 });
    await change(program, directory);
    return outputOf('asked', [], { PATH: directory }, 5_000);
  });

test('is there for a program that only its owner can change', async () => {
  assert.is(await outputAfter(async () => undefined), 'yes\n');
});

for (const [what, change] of [
  ['that everybody can write', (program: string) => chmod(program, 0o757)],
  ["that is another user's", (program: string) => chown(program, 65534, 65534)],
  ['in a directory that everybody can write', (_program: string, directory: string) => chmod(directory, 0o777)],
  [
    'to which a link leads from a directory that everybody can write',
    async (program: string, directory: string) => {
      const place = join(directory, 'place');
      await mkdir(place, { mode: 0o755 });
      await rename(program, join(place, 'asked'));
      await symlink(join(place, 'asked'), program);
      await chmod(directory, 0o777);
    },
  ],
] as const) {
  test(`is not asked for by root from a program ${what}`, async () => {
    if (process.getuid?.() !== 0) return skipTest('only root can be led to run the program of another user');
    assert.is(await outputAfter(change), undefined);
  });
}

test.run();
