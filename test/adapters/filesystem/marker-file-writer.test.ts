import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createMarkerFileWriter } from '../../../src/adapters/filesystem/marker-file-writer.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { isJacoError } from '../../../src/domain/errors.js';
import type { RestoreMarker } from '../../../src/domain/restore/marker.js';
import { refusalOf } from '../../builders/outcome.js';
import { withTemporaryDirectory } from './temporary-directory.js';
import { ourselves } from './users.js';
import { type Step, watchedFileSystem } from './watched-file-system.js';

const test = suite('the marker in a file');

const marker: RestoreMarker = {
  clusterId: 'c-7f3a',
  snapshotIndex: 1000n,
  takenAt: '2026-05-25T03:00:00Z',
  importedAt: '2026-05-26T08:30:00Z',
};
const text =
  'cluster_id=c-7f3a\nsnapshot_index=1000\ntaken_at=2026-05-25T03:00:00Z\nimported_at=2026-05-26T08:30:00Z\n';
const writer = createMarkerFileWriter(createNodeFileSystem());
const failing = (code: string) => Object.assign(new Error(code), { code });

test('is restore.txt, as the daemon reads it', () =>
  withTemporaryDirectory(async (directory) => {
    await writer.write(directory, marker, undefined);
    assert.equal(await readdir(directory), ['restore.txt']);
    assert.is(await readFile(`${directory}/restore.txt`, 'utf8'), text);
  }));

test('is owned, complete and synced before it gets its name, and the name is synced', () =>
  withTemporaryDirectory(async (directory) => {
    const { fileSystem, steps } = watchedFileSystem(directory, () => undefined);
    await createMarkerFileWriter(fileSystem).write(directory, marker, ourselves);
    assert.equal(
      steps.map(({ action, path }) => `${action} ${path}`),
      [
        'create 600 restore.txt.part',
        'chown restore.txt.part',
        'write restore.txt.part',
        'sync restore.txt.part',
        'rename restore.txt',
        'fsync .',
      ],
    );
  }));

test('is durably gone when it is withdrawn', () =>
  withTemporaryDirectory(async (directory) => {
    await writer.write(directory, marker, undefined);
    const { fileSystem, steps } = watchedFileSystem(directory, () => undefined);
    await createMarkerFileWriter(fileSystem).withdraw(directory);
    assert.equal(
      steps.map(({ action, path }) => `${action} ${path}`),
      ['unlink restore.txt', 'fsync .'],
    );
  }));

for (const umask of [0, 0o277]) {
  test(`has mode 0600 under umask ${umask.toString(8)}`, () =>
    withTemporaryDirectory(async (directory) => {
      const before = process.umask(umask);
      try {
        await writer.write(directory, marker, undefined);
      } finally {
        process.umask(before);
      }
      assert.is((await stat(`${directory}/restore.txt`)).mode & 0o7777, 0o600);
    }));
}

test('replaces what a killed restore left, and no file that a link points to', () =>
  withTemporaryDirectory(async (directory) => {
    await writeFile(`${directory}/precious`, 'precious');
    await symlink('precious', `${directory}/restore.txt.part`);
    await symlink('precious', `${directory}/restore.txt`);
    await writer.write(directory, marker, undefined);
    assert.equal((await readdir(directory)).toSorted(), ['precious', 'restore.txt']);
    assert.is(await readFile(`${directory}/precious`, 'utf8'), 'precious');
    assert.is(await readFile(`${directory}/restore.txt`, 'utf8'), text);
  }));

test('leaves nothing, whichever step fails', () =>
  withTemporaryDirectory(async (directory) => {
    for (let failed = 0; failed < 6; failed += 1) {
      let reached: Step | undefined;
      const { fileSystem } = watchedFileSystem(directory, (step, number) => {
        if (number !== failed) return;
        reached = step;
        throw failing('EIO');
      });
      const refusal = await refusalOf(createMarkerFileWriter(fileSystem).write(directory, marker, ourselves));
      const step = `${reached?.action} ${reached?.path}`;
      assert.is(refusal.code, 'storage_failed', step);
      assert.match(refusal.message, /^cannot write .*\/restore\.txt: the device reported/, step);
      assert.equal(await readdir(directory), [], step);
    }
  }));

test('leaves an earlier one, whichever step fails before the name changes hands', () =>
  withTemporaryDirectory(async (directory) => {
    for (const action of ['unlink', 'create 600', 'write', 'sync', 'rename']) {
      await writeFile(`${directory}/restore.txt`, 'earlier');
      await writeFile(`${directory}/restore.txt.part`, 'left');
      let failed = false;
      const { fileSystem } = watchedFileSystem(directory, (step) => {
        if (failed || step.action !== action) return;
        failed = true;
        throw failing('EIO');
      });
      await refusalOf(createMarkerFileWriter(fileSystem).write(directory, marker, undefined));
      assert.is(await readFile(`${directory}/restore.txt`, 'utf8'), 'earlier', action);
    }
  }));

test('is named when it cannot be written or taken away', () =>
  withTemporaryDirectory(async (directory) => {
    await mkdir(`${directory}/restore.txt`);
    const refusal = await refusalOf(writer.write(directory, marker, undefined));
    assert.match(refusal.message, /^cannot write .*\/restore\.txt: it is a directory\.$/);
    assert.equal(await readdir(directory), ['restore.txt']);
    assert.match((await writer.withdraw(directory))[0]?.reason ?? '', /^cannot remove .*\/restore\.txt: /);
    assert.ok(isJacoError(await refusalOf(writer.write(`${directory}/missing`, marker, undefined)), 'storage_failed'));
  }));

test('says whom to be when permission is missing', () =>
  withTemporaryDirectory(async (directory) => {
    const { fileSystem } = watchedFileSystem(directory, () => {
      throw failing('EACCES');
    });
    const refusal = await refusalOf(createMarkerFileWriter(fileSystem).write(directory, marker, undefined));
    assert.is(refusal.code, 'permission_denied');
    assert.equal(refusal.remedies, [{ kind: 'run-as', users: ['root', 'owner-of-directory'] }]);
  }));

test.run();
