import { execFileSync } from 'node:child_process';
import { lstat, mkdir, readdir, readFile, readlink, rename, symlink, unlink, writeFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AcquireLock, acquireExclusiveLock } from '../../../../src/adapters/filesystem/exclusive-lock.js';
import type { FileSystem } from '../../../../src/adapters/filesystem/file-system.js';
import { createNodeFileSystem } from '../../../../src/adapters/filesystem/node-file-system.js';
import { createArchiveFileWriter } from '../../../../src/adapters/storage/filesystem/archive-file-writer.js';
import { isJacoError } from '../../../../src/domain/errors.js';
import { failingAfter, streamOf } from '../../../builders/byte-streams.js';
import { fileAt } from '../../../builders/locations.js';
import { codeOf, refusalOf, thrownBy } from '../../../builders/outcome.js';
import { withTemporaryDirectory } from '../../filesystem/temporary-directory.js';
import { watchedFileSystem } from '../../filesystem/watched-file-system.js';

const test = suite('the destination of an archive');

const never = new AbortController().signal;
const write = (destination: string, files: FileSystem = createNodeFileSystem()) =>
  createArchiveFileWriter(files, acquireExclusiveLock).write(fileAt(destination), streamOf('new'), never);

/** Checks that `path` is refused before anything is changed, and gives the refusal. */
async function refusalBeforeAnyStep(directory: string, path: string) {
  const { fileSystem, steps } = watchedFileSystem(directory, () => undefined);
  const refusal = await refusalOf(write(path, fileSystem));
  assert.equal(steps, []);
  assert.is(refusal.code, 'request_invalid');
  return refusal.message;
}

test('is where a link leads, and the link stays', () =>
  withTemporaryDirectory(async (directory) => {
    await mkdir(`${directory}/disk`);
    await writeFile(`${directory}/disk/real.gz`, 'old');
    await symlink('disk/real.gz', `${directory}/latest.gz`);
    const stored = await write(`${directory}/latest.gz`);
    assert.equal(stored.location, fileAt(`${directory}/latest.gz`));
    assert.is(await readlink(`${directory}/latest.gz`), 'disk/real.gz');
    assert.is(await readFile(`${directory}/disk/real.gz`, 'utf8'), 'new');
    assert.equal(await readdir(`${directory}/disk`), ['real.gz']);
  }));

test('is the link itself where links are not followed, and what it led to stays', () =>
  withTemporaryDirectory(async (directory) => {
    await writeFile(`${directory}/victim`, 'old');
    const writer = createArchiveFileWriter(createNodeFileSystem(), acquireExclusiveLock);
    for (const [name, target] of [
      ['led', 'victim'],
      ['hanging', 'absent'],
    ] as const) {
      await symlink(target, `${directory}/${name}`);
      await writer.write(fileAt(`${directory}/${name}`), streamOf('new'), never, { followsLinks: false });
      assert.is((await lstat(`${directory}/${name}`)).isFile(), true);
      assert.is(await readFile(`${directory}/${name}`, 'utf8'), 'new');
    }
    assert.is(await readFile(`${directory}/victim`, 'utf8'), 'old');
    assert.equal(await readdir(directory), ['hanging', 'led', 'victim']);
  }));

test('is in the directory that a link leads to', () =>
  withTemporaryDirectory(async (directory) => {
    await mkdir(`${directory}/disk`);
    await symlink('disk', `${directory}/backups`);
    await write(`${directory}/backups/a.gz`);
    assert.is(await readFile(`${directory}/disk/a.gz`, 'utf8'), 'new');
  }));

test('is relative to where the operator is', () =>
  withTemporaryDirectory(async (directory) => {
    const before = process.cwd();
    process.chdir(directory);
    try {
      assert.equal(await write('a.gz'), { location: fileAt('a.gz'), sizeBytes: 3 });
    } finally {
      process.chdir(before);
    }
    assert.equal(await readdir(directory), ['a.gz']);
  }));

for (const [what, reason, plant] of [
  ['a directory', 'it is a directory', (path: string) => mkdir(path)],
  ['a link to a directory', 'it is a directory', (path: string) => symlink('.', path)],
  ['a FIFO', 'it is not a regular file', async (path: string) => void execFileSync('mkfifo', [path])],
  ['a link to a device', 'it is not a regular file', (path: string) => symlink('/dev/null', path)],
  ['a link to nothing', 'it is a symbolic link to nothing', (path: string) => symlink('nowhere', path)],
] as const) {
  test(`is not taken from ${what}`, () =>
    withTemporaryDirectory(async (directory) => {
      await plant(`${directory}/a.gz`);
      assert.match(await refusalBeforeAnyStep(directory, `${directory}/a.gz`), `: ${reason}.`);
    }));
}

test('is not a path that names no file', () =>
  withTemporaryDirectory(async (directory) => {
    for (const path of ['', `${directory}/backups/`]) {
      assert.match(await refusalBeforeAnyStep(directory, path), /: it names no file\.$/);
    }
  }));

test('is named when its directory is missing', () =>
  withTemporaryDirectory(async (directory) => {
    const refusal = await refusalOf(write(`${directory}/missing/a.gz`));
    assert.is(refusal.code, 'storage_failed');
    assert.match(refusal.message, /^cannot write .*\/missing\/a\.gz: there is no such file or directory\.$/);
  }));

test('may have the remains of a killed backup next to it', () =>
  withTemporaryDirectory(async (directory) => {
    await writeFile(`${directory}/.a.gz.part`, 'half of a longer one', { mode: 0o644 });
    await write(`${directory}/a.gz`);
    assert.equal(await readdir(directory), ['a.gz']);
    assert.is(await readFile(`${directory}/a.gz`, 'utf8'), 'new');
  }));

test('may have a link next to it, which is not followed', () =>
  withTemporaryDirectory(async (directory) => {
    await writeFile(`${directory}/precious`, 'precious');
    await symlink('precious', `${directory}/.a.gz.part`);
    await write(`${directory}/a.gz`);
    assert.is(await readFile(`${directory}/precious`, 'utf8'), 'precious');
    assert.is(await readFile(`${directory}/a.gz`, 'utf8'), 'new');
  }));

test('gets nothing of a backup that the lock did not keep out, which is left alone', () =>
  withTemporaryDirectory(async (directory) => {
    const path = `${directory}/a.gz`;
    const unlocked: AcquireLock = async () => ({ release: async () => [] });
    const writer = createArchiveFileWriter(createNodeFileSystem(), unlocked);
    async function* archive() {
      yield Buffer.from('ours');
      // Another process has treated the temporary file as a dead one's, and has written half of its own when ours ends.
      await unlink(`${directory}/.a.gz.part`);
      await writeFile(`${directory}/.a.gz.part`, 'half of theirs');
    }
    await writeFile(path, 'old');
    assert.is(await codeOf(writer.write(fileAt(path), archive(), never)), 'in_progress');
    assert.is(await readFile(path, 'utf8'), 'old');
    assert.is(await readFile(`${directory}/.a.gz.part`, 'utf8'), 'half of theirs');
  }));

test('does not appear if another process has removed the temporary file, and the error says so', () =>
  withTemporaryDirectory(async (directory) => {
    const path = `${directory}/a.gz`;
    async function* archive() {
      yield Buffer.from('ours');
      await unlink(`${directory}/.a.gz.part`);
    }
    const writer = createArchiveFileWriter(createNodeFileSystem(), acquireExclusiveLock);
    const error = await refusalOf(writer.write(fileAt(path), archive(), never));
    assert.ok(isJacoError(error, 'storage_failed'));
    assert.match(error.message, /its temporary file .*\.a\.gz\.part was removed, or its directory was moved/);
    assert.equal(await readdir(directory), []);
  }));

test('does not appear if its directory was moved meanwhile, and the error says so', () =>
  withTemporaryDirectory(async (directory) => {
    await mkdir(`${directory}/backups`);
    async function* archive() {
      yield Buffer.from('ours');
      await rename(`${directory}/backups`, `${directory}/elsewhere`);
    }
    const writer = createArchiveFileWriter(createNodeFileSystem(), acquireExclusiveLock);
    const error = await refusalOf(writer.write(fileAt(`${directory}/backups/a.gz`), archive(), never));
    assert.ok(isJacoError(error, 'storage_failed'));
    assert.match(JSON.stringify(error.remedies), /remove \.a\.gz\.part from it/);
    assert.equal(await readdir(`${directory}/elsewhere`), ['.a.gz.part']);
  }));

test('is locked itself, through any path', () =>
  withTemporaryDirectory(async (directory) => {
    await writeFile(`${directory}/real.gz`, 'old');
    await symlink('real.gz', `${directory}/link.gz`);
    let second: unknown;
    async function* archive() {
      yield Buffer.from('one');
      second = await refusalOf(write(`${directory}/link.gz`));
    }
    await createArchiveFileWriter(createNodeFileSystem(), acquireExclusiveLock).write(
      fileAt(`${directory}/real.gz`),
      archive(),
      never,
    );
    assert.ok(isJacoError(second, 'in_progress'));
    assert.match(second.message, /link\.gz: another backup is writing it/);
  }));

test('may be written at the same time as others in its directory', () =>
  withTemporaryDirectory(async (directory) => {
    await Promise.all(['a.gz', 'b.gz', 'c.gz'].map((name) => write(`${directory}/${name}`)));
    assert.equal((await readdir(directory)).toSorted(), ['a.gz', 'b.gz', 'c.gz']);
  }));

test('is unlocked after success and after failure', () =>
  withTemporaryDirectory(async (directory) => {
    const events: string[] = [];
    const noted: AcquireLock = async () => {
      events.push('taken');
      return {
        async release() {
          events.push('released');
          return [];
        },
      };
    };
    const writer = createArchiveFileWriter(createNodeFileSystem(), noted);
    const failure = new Error('cut');
    await writer.write(fileAt(`${directory}/a.gz`), streamOf('new'), never);
    assert.equal(events.splice(0), ['taken', 'released']);
    assert.is(await thrownBy(writer.write(fileAt(`${directory}/a.gz`), failingAfter(failure, 'half'), never)), failure);
    assert.equal(events, ['taken', 'released']);
  }));

test.run();
