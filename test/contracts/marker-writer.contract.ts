import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { markerFileName, type RestoreMarker } from '../../src/domain/restore/marker.js';
import type { FileOwner } from '../../src/domain/restore/raft-store-seed.js';
import type { MarkerWriter } from '../../src/ports/marker-writer.js';
import { codeOf } from '../builders/outcome.js';

/** A marker as the daemon finds it. */
export interface FoundMarker {
  readonly marker: RestoreMarker;
  /** Permission bits. */
  readonly mode: number;
  readonly owner: FileOwner;
}

/** One implementation with one data directory, which exists and is empty. */
export interface Harness {
  readonly writer: MarkerWriter;
  readonly dataDirectory: string;
  /** The user who runs this. */
  readonly ourselves: FileOwner;
  /** Another user whom this user may make the owner; ourselves if that is not possible. */
  readonly daemon: FileOwner;
  /** The marker in the data directory; undefined if there is no marker. */
  found(): Promise<FoundMarker | undefined>;
  /** Whether anything but the marker is in the data directory. */
  hasLeftovers(): Promise<boolean>;
  /** From now on nothing can be written or removed, as on a disk that fails. */
  breakDisk(): void;
  close(): Promise<void>;
}

/** What {@link MarkerWriter} promises, for any implementation. */
export function markerWriterContract(name: string, open: () => Promise<Harness>): void {
  const test = suite(`MarkerWriter contract: ${name}`);
  let harness: Harness;

  test.before.each(async () => {
    harness = await open();
  });
  test.after.each(() => harness.close());

  const write = (marker: RestoreMarker = first, owner?: FileOwner) =>
    harness.writer.write(harness.dataDirectory, marker, owner);

  test('writes the marker, readable by its owner alone', async () => {
    await write();
    assert.equal(await harness.found(), { marker: first, mode: 0o600, owner: harness.ourselves });
    assert.is(await harness.hasLeftovers(), false);
  });

  test('keeps an index beyond 2^53', async () => {
    await write({ ...first, snapshotIndex: 2n ** 64n - 1n });
    assert.is((await harness.found())?.marker.snapshotIndex, 2n ** 64n - 1n);
  });

  test('makes the marker its owner’s', async () => {
    await write(first, harness.daemon);
    assert.equal((await harness.found())?.owner, harness.daemon);
  });

  test('replaces an earlier marker', async () => {
    await write(first, harness.daemon);
    await write(second);
    assert.equal(await harness.found(), { marker: second, mode: 0o600, owner: harness.ourselves });
    assert.is(await harness.hasLeftovers(), false);
  });

  test('takes the marker away again', async () => {
    await write();
    await harness.writer.withdraw(harness.dataDirectory);
    assert.is(await harness.found(), undefined);
    assert.is(await harness.hasLeftovers(), false);
  });

  test('has nothing to remove if there is no marker', async () => {
    await harness.writer.withdraw(harness.dataDirectory);
    await write();
    await harness.writer.withdraw(harness.dataDirectory);
    await harness.writer.withdraw(harness.dataDirectory);
    assert.is(await harness.found(), undefined);
  });

  test('leaves no marker when it cannot be written', async () => {
    harness.breakDisk();
    assert.is(await codeOf(write()), 'storage_failed');
    assert.is(await harness.found(), undefined);
    assert.is(await harness.hasLeftovers(), false);
  });

  test('leaves the earlier marker when a new one cannot be written', async () => {
    await write(first);
    harness.breakDisk();
    assert.is(await codeOf(write(second)), 'storage_failed');
    assert.equal((await harness.found())?.marker, first);
    assert.is(await harness.hasLeftovers(), false);
  });

  test('names the marker that it cannot remove', async () => {
    await write();
    assert.equal(await harness.writer.withdraw(harness.dataDirectory), []);
    await write();
    harness.breakDisk();
    const left = await harness.writer.withdraw(harness.dataDirectory);
    assert.equal(
      left.map(({ path, state, secret }) => ({ path, state, secret })),
      [{ path: `${harness.dataDirectory}/${markerFileName}`, state: 'there', secret: false }],
    );
    assert.match(left[0]?.reason ?? '', /^cannot remove .*restore\.txt/);
    assert.is.not(await harness.found(), undefined);
  });

  test.run();
}

const first: RestoreMarker = {
  clusterId: 'c-7f3a',
  snapshotIndex: 1000n,
  takenAt: '2026-05-25T03:00:00Z',
  importedAt: '2026-05-26T08:30:00Z',
};
const second: RestoreMarker = { ...first, clusterId: 'c-9b01', snapshotIndex: 4n };
