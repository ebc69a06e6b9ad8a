import { createHash } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ArchiveLocation } from '../../src/domain/values/archive-location.js';
import type { BackupStore, FoundBackup } from '../../src/ports/backup-store.js';
import { collect, streamOf } from '../builders/byte-streams.js';
import { codeOf } from '../builders/outcome.js';
import { noise } from '../builders/snapshot-bytes.js';

/** One implementation with one empty place. */
export interface Harness {
  readonly store: BackupStore;
  /** The location of a name. */
  at(name: string): ArchiveLocation;
  /** Puts a backup there, in the place of what may be there; through a stream it is what comes next. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** The names of all that is kept in the place, sorted. */
  names(): Promise<readonly string[]>;
  /** Leaves there what a backup of that name leaves that is killed. */
  abandon(name: string): Promise<void>;
  /** How many killed backups have left something there. */
  abandoned(): Promise<number>;
  /** Puts a directory there; false where there are none. */
  plantDirectory(name: string): Promise<boolean>;
  /** From now on nothing can be removed. */
  breakDisk(): void;
  close(): Promise<void>;
}

/**
 * What {@link BackupStore} promises in addition to an ArchiveWriter, for any implementation: one that keeps what it is
 * given, one that keeps the newest under a name and tells it from others by content and time, or a stream, which lets
 * it pass.
 */
export function backupStoreContract(
  name: string,
  kind: 'keeps' | 'keeps-newest' | 'streams',
  open: () => Promise<Harness>,
): void {
  const test = suite(`BackupStore contract: ${name}`);
  const never = new AbortController().signal;
  const fired = AbortSignal.abort();
  const content = noise(1_300_000);
  let harness: Harness;

  test.before.each(async () => {
    harness = await open();
    for (const other of ['b', 'written', 'a']) await harness.put(other, content);
  });
  test.after.each(() => harness.close());

  const here = () => harness.at('a');
  const openHere = (options?: { readonly fingerprint: boolean }) => harness.store.open(here(), never, options);
  const listed = () => harness.store.list(harness.at('written'), never);
  const unfinished = (dryRun = false) => ({
    place: harness.at('written'),
    belongs: (file: string) => file.startsWith('c-'),
    dryRun,
  });
  const first = async () => (await listed())[0] as FoundBackup;

  for (const fingerprint of [true, false]) {
    test(`reads a backup byte for byte, and reports its size ${fingerprint ? 'and' : 'but not'} its SHA-256`, async () => {
      const opened = await openHere({ fingerprint });
      assert.ok((await collect(opened.read())).equals(content));
      const sha256 = fingerprint ? createHash('sha256').update(content).digest('hex') : undefined;
      assert.equal({ encrypted: false, ...opened.facts() }, { encrypted: false, sizeBytes: content.length, sha256 });
      await opened.close();
    });
  }

  test('may be closed more than once, and after the reading was given up half-way', async () => {
    const opened = await openHere();
    for await (const _ of opened.read()) break;
    await opened.close();
    await opened.close();
  });

  test('opens nothing once the signal has fired', async () => {
    assert.is(await codeOf(harness.store.open(here(), fired)), 'interrupted');
  });

  test('stops reading when the signal fires on the way', async () => {
    const interruption = new AbortController();
    const opened = await harness.store.open(here(), interruption.signal);
    const reading = (async () => {
      for await (const _ of opened.read()) interruption.abort();
    })();
    assert.is(await codeOf(reading), 'interrupted');
    await opened.close();
  });

  test('returns what was written, and its size', async () => {
    const stored = await harness.store.write(harness.at('new'), streamOf('one ', 'two'), never);
    assert.equal(stored, { location: harness.at('new'), sizeBytes: 7 });
  });

  test('looks at, lists and writes nothing once the signal has fired', async () => {
    const { store } = harness;
    assert.is(await codeOf(store.stat(here(), fired)), 'interrupted');
    assert.is(await codeOf(store.list(here(), fired)), kind === 'streams' ? 'request_invalid' : 'interrupted');
    assert.is(await codeOf(store.write(harness.at('new'), streamOf('new'), fired)), 'interrupted');
  });

  if (kind === 'streams') {
    test('reads a backup once only, and says so', async () => {
      assert.is((await openHere()).rereadable, false);
    });

    test('does not know how much will come', async () => {
      assert.equal(await harness.store.stat(here(), never), { sizeBytes: undefined });
    });

    test('refuses to list and to remove, as nothing is kept', async () => {
      const found = { name: 'a', location: here(), identity: '1', sizeBytes: 1, version: '1' };
      assert.is(await codeOf(harness.store.list(here(), never)), 'request_invalid');
      assert.is(await codeOf(harness.store.remove(found, never)), 'request_invalid');
      assert.is(await codeOf(harness.store.others(here(), never)), 'request_invalid');
      assert.is(await codeOf(harness.store.clearUnfinished(unfinished(), never)), 'request_invalid');
    });
    return test.run();
  }

  test('says when there is nothing to read', async () => {
    assert.is(await codeOf(harness.store.open(harness.at('absent'), never)), 'archive_unreadable');
  });

  test('reads the backup that was opened again', async () => {
    const opened = await openHere();
    assert.is(opened.rereadable, true);
    for await (const _ of opened.read()) break;
    assert.ok((await collect(opened.read())).equals(content));
    await opened.close();
  });

  test('never reads another that has taken the place of the one that was opened', async () => {
    const opened = await openHere();
    for await (const _ of opened.read()) break;
    await harness.put('a', Buffer.from('another'));
    if (kind === 'keeps') assert.ok((await collect(opened.read())).equals(content));
    else assert.is(await codeOf(collect(opened.read())), 'archive_unreadable');
    await opened.close();
  });

  test('reads a backup twice at a time', async () => {
    const [one, two] = [await openHere(), await openHere()];
    await one.close();
    assert.ok((await collect(two.read())).equals(content));
    await two.close();
  });

  test('reads what was written', async () => {
    await harness.store.write(harness.at('new'), streamOf('one ', 'two'), never);
    const opened = await harness.store.open(harness.at('new'), never);
    assert.is((await collect(opened.read())).toString(), 'one two');
    await opened.close();
  });

  test('reports the size of a backup without reading it, and that there is no backup', async () => {
    assert.equal(await harness.store.stat(here(), never), { sizeBytes: content.length });
    assert.is(await harness.store.stat(harness.at('absent'), never), undefined);
  });

  test('lists the other backups in the same place, by name, with their locations', async () => {
    assert.equal(
      (await listed()).map(({ name: file, location }) => [file, location]),
      ['a', 'b'].map((file) => [file, harness.at(file)]),
    );
  });

  test('tells with each backup its size, and a version that another content changes', async () => {
    const before = await first();
    assert.is(before.sizeBytes, content.length);
    await harness.put('a', Buffer.from('another'));
    const after = await first();
    assert.is(after.sizeBytes, 7);
    assert.is.not(after.version, before.version);
  });

  test('gives every backup a stable identity of its own', async () => {
    const [before, after] = [await listed(), await listed()];
    assert.equal(before, after);
    assert.is(new Set(before.map(({ identity }) => identity)).size, 2);
  });

  test('tells apart what is no file but has a name like one', async () => {
    const planted = await harness.plantDirectory('c-1');
    const found = await harness.store.others(harness.at('written'), never);
    assert.equal(found, planted ? [{ name: 'c-1', location: harness.at('c-1'), kind: 'directory' }] : []);
    assert.equal(
      (await listed()).map(({ name: file }) => file),
      ['a', 'b'],
    );
  });

  test('clears away what killed backups of the series have left, and nothing else', async () => {
    for (const file of ['c-1', 'c-2', 'd-1']) await harness.abandon(file);
    const { store } = harness;
    const named = async (dryRun: boolean) =>
      (await store.clearUnfinished(unfinished(dryRun), never)).map(({ name: file }) => file);
    assert.equal(await named(true), ['c-1', 'c-2']);
    assert.is(await harness.abandoned(), 3);
    assert.equal(await named(false), ['c-1', 'c-2']);
    assert.is(await harness.abandoned(), 1);
    assert.equal(await named(false), []);
    assert.equal(
      (await listed()).map(({ name: file }) => file).filter((file) => !file.startsWith('.')),
      ['a', 'b'],
    );
  });

  test('looks for nothing that was left once the signal has fired', async () => {
    await harness.abandon('c-1');
    assert.is(await codeOf(harness.store.others(here(), fired)), 'interrupted');
    assert.is(await codeOf(harness.store.clearUnfinished(unfinished(), fired)), 'interrupted');
    assert.is(await harness.abandoned(), 1);
  });

  test('removes a backup, and only that', async () => {
    assert.is(await harness.store.remove(await first(), never), true);
    assert.equal(await harness.names(), ['b', 'written']);
  });

  test('removes nothing once the signal has fired', async () => {
    assert.is(await codeOf(harness.store.remove(await first(), fired)), 'interrupted');
    assert.equal(await harness.names(), ['a', 'b', 'written']);
  });

  test('does nothing where the backup is gone already', async () => {
    const found = await first();
    await harness.store.remove(found, never);
    assert.is(await harness.store.remove(found, never), false);
  });

  test('does nothing where another has taken its place', async () => {
    const found = await first();
    await harness.put('a', kind === 'keeps' ? content : Buffer.from('another'));
    assert.is(await harness.store.remove(found, never), false);
    assert.equal(await harness.names(), ['a', 'b', 'written']);
  });

  test('says when a backup cannot be removed', async () => {
    const found = await first();
    harness.breakDisk();
    assert.is(await codeOf(harness.store.remove(found, never)), 'storage_failed');
    assert.equal(await harness.names(), ['a', 'b', 'written']);
  });

  test.run();
}
