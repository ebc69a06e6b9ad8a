import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BackupDirectory, FoundFile } from '../../src/ports/backup-directory.js';
import { codeOf } from '../builders/outcome.js';

/** One implementation with one directory, which exists and is empty. */
export interface Harness {
  readonly backups: BackupDirectory;
  /** The path that something called so has, or would have, in the directory. */
  path(name: string): string;
  /** Puts a file there, in the place of what may be there. */
  put(name: string): Promise<void>;
  /** The names of all files in the directory, sorted. */
  names(): Promise<readonly string[]>;
  /** From now on nothing can be removed. */
  breakDisk(): void;
  close(): Promise<void>;
}

/** What {@link BackupDirectory} promises, for any implementation. */
export function backupDirectoryContract(name: string, open: () => Promise<Harness>): void {
  const test = suite(`BackupDirectory contract: ${name}`);
  let harness: Harness;

  test.before.each(async () => {
    harness = await open();
    for (const file of ['b', 'written', 'a']) await harness.put(file);
  });
  test.after.each(() => harness.close());

  const listed = () => harness.backups.listBeside(harness.path('written'));
  const first = async () => (await listed())[0] as FoundFile;

  test('lists the files beside the one that was written, by name, with their paths', async () => {
    assert.equal(
      (await listed()).map(({ name: file, path }) => [file, path]),
      ['a', 'b'].map((file) => [file, harness.path(file)]),
    );
  });

  test('gives every file an identity of its own, which stays', async () => {
    const [before, after] = [await listed(), await listed()];
    assert.equal(before, after);
    assert.is(new Set(before.map(({ identity }) => identity)).size, 2);
  });

  test('removes a file, and only that', async () => {
    assert.is(await harness.backups.remove(await first()), true);
    assert.equal(await harness.names(), ['b', 'written']);
  });

  test('does nothing where the file is gone already', async () => {
    const file = await first();
    await harness.backups.remove(file);
    assert.is(await harness.backups.remove(file), false);
  });

  test('does nothing where another file has taken its place', async () => {
    const file = await first();
    await harness.put('a');
    assert.is(await harness.backups.remove(file), false);
    assert.equal(await harness.names(), ['a', 'b', 'written']);
  });

  test('says when a file cannot be removed', async () => {
    const file = await first();
    harness.breakDisk();
    assert.is(await codeOf(harness.backups.remove(file)), 'storage_failed');
    assert.equal(await harness.names(), ['a', 'b', 'written']);
  });

  test.run();
}
