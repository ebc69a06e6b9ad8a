import { createHash } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { SnapshotMetadata } from '../../src/domain/archive/snapshot-metadata.js';
import { isJacoError, JacoError } from '../../src/domain/errors.js';
import type { ArchiveReader } from '../../src/ports/archive-reader.js';
import { collect, failingAfter } from '../builders/byte-streams.js';
import { openedBackup } from '../builders/opened-backup.js';
import { codeOf, thrownBy } from '../builders/outcome.js';
import { noise } from '../builders/snapshot-bytes.js';
import { inSchema, metadataWith } from '../builders/snapshot-metadata.js';

/** One implementation. */
export interface Harness {
  readonly reader: ArchiveReader;
  /** The bytes of a whole archive in the form that this implementation reads; metadata that are given as text stand there as they are. */
  archive(metadata: SnapshotMetadata | Uint8Array, snapshot: Uint8Array): Promise<Uint8Array>;
  /** Metadata as JSON text, as an archive of that form holds them. */
  metadataText(metadata: SnapshotMetadata): string;
  /** The largest snapshot that `reader` accepts, in bytes. */
  readonly limitBytes: number;
}

/** What {@link ArchiveReader} promises, for any implementation. */
export function archiveReaderContract(name: string, { reader, archive, metadataText, limitBytes }: Harness): void {
  const test = suite(`ArchiveReader contract: ${name}`);
  const state = noise(300);
  const whole = () => archive(metadataWith(), state);
  /** Opens, reads to the end and closes. */
  const read = async (bytes: Uint8Array) => {
    const opened = await reader.open(openedBackup(bytes));
    try {
      return { metadata: opened.metadata, snapshot: await collect(opened.snapshot) };
    } finally {
      await opened.close();
    }
  };

  test('returns the metadata as they were written, including numbers beyond 2^53', async () => {
    const metadata = metadataWith({
      snapshotIndex: 2n ** 64n - 1n,
      snapshotTerm: 2n ** 53n + 1n,
      leaderAtSnapshot: undefined,
    });
    assert.equal((await read(await archive(metadata, state))).metadata, metadata);
  });

  for (const [what, lay] of [
    ['as they were written', (text: string) => text],
    ['with white space around them', (text: string) => `\n \t${text}\r\n  `],
    ['with white space inside them', (text: string) => text.replace('{', '{ ')],
    ['without the white space at their end', (text: string) => text.trimEnd()],
  ] as const) {
    test(`returns the exact bytes of metadata ${what}`, async () => {
      const text = Buffer.from(lay(metadataText(metadataWith())));
      const opened = await reader.open(openedBackup(await archive(text, state)));
      assert.ok(text.equals(opened.metadataBytes));
      assert.equal(opened.metadata, metadataWith());
      assert.ok((await collect(opened.snapshot)).equals(state));
      assert.ok(text.equals(opened.metadataBytes), 'after the snapshot was read');
      await opened.close();
    });
  }

  test('returns the bytes of metadata of an unknown schema', async () => {
    const text = Buffer.from(` ${metadataText(inSchema({ schemaVersion: 2 }))} `);
    const opened = await reader.open(openedBackup(await archive(text, state)));
    assert.ok(text.equals(opened.metadataBytes));
    await opened.close();
  });

  test('reads metadata of 64 KiB, and refuses larger ones', async () => {
    const text = metadataText(metadataWith());
    const padded = (sizeBytes: number) => Buffer.from(text.padEnd(sizeBytes));
    assert.equal((await read(await archive(padded(64 * 1024), state))).metadata, metadataWith());
    assert.is(await codeOf(read(await archive(padded(64 * 1024 + 1), state))), 'archive_rejected');
  });

  for (const schemaVersion of [0, 2, 3]) {
    test(`distinguishes unknown facts of an archive of schema ${schemaVersion} from empty ones and 0`, async () => {
      const known = inSchema({ schemaVersion, snapshotIndex: 0n });
      const unknown = inSchema({ schemaVersion, snapshotIndex: undefined, takenAt: undefined, clusterId: undefined });
      assert.equal((await read(await archive(known, state))).metadata, known);
      assert.equal((await read(await archive(unknown, state))).metadata, unknown);
    });
  }

  test('announces the size of the snapshot before it is read', async () => {
    for (const sizeBytes of [0, state.length, limitBytes]) {
      const opened = await reader.open(openedBackup(await archive(metadataWith(), noise(sizeBytes))));
      assert.is(opened.snapshotSizeBytes, sizeBytes);
      await opened.close();
    }
  });

  test('returns the metadata without reading the snapshot', async () => {
    const opened = await reader.open(openedBackup(await whole()));
    assert.equal(opened.metadata, metadataWith());
    await opened.close();
  });

  test('yields the snapshot byte for byte', async () => {
    assert.ok((await read(await whole())).snapshot.equals(state));
  });

  test('yields an empty snapshot', async () => {
    assert.is((await read(await archive(metadataWith(), new Uint8Array(0)))).snapshot.length, 0);
  });

  for (const fingerprint of [true, false]) {
    test(`reports the size of what was read, ${fingerprint ? 'and' : 'but not'} its SHA-256`, async () => {
      const bytes = await whole();
      const opened = await reader.open(openedBackup(bytes, { fingerprint }));
      await collect(opened.snapshot);
      const sha256 = fingerprint ? createHash('sha256').update(bytes).digest('hex') : undefined;
      assert.equal(opened.file(), { sizeBytes: bytes.length, sha256, paddingBytes: 0 });
      await opened.close();
    });
  }

  test('closes the bytes when it is closed, and may be closed more than once', async () => {
    const backup = openedBackup(await whole());
    const opened = await reader.open(backup);
    assert.is(backup.closed(), 0);
    await opened.close();
    assert.ok(backup.closed() > 0);
    await opened.close();
  });

  test('may be closed after the reading was given up half-way', async () => {
    const backup = openedBackup(await whole());
    const opened = await reader.open(backup);
    for await (const _ of opened.snapshot) break;
    await opened.close();
    assert.ok(backup.closed() > 0);
  });

  test('rethrows what reading the bytes throws, and closes them', async () => {
    const failure = new JacoError('archive_unreadable', 'the disk fails.');
    const backup = { ...openedBackup(new Uint8Array(0)), read: () => failingAfter(failure) };
    assert.is(await thrownBy(reader.open(backup)), failure);
    assert.is(backup.closed(), 1);
  });

  test('refuses bytes that are not an archive, or no bytes, on opening, and closes them', async () => {
    for (const bytes of [Buffer.from('hello\n'), new Uint8Array(0), noise(10_000)]) {
      const backup = openedBackup(bytes);
      assert.is(await codeOf(reader.open(backup)), 'archive_rejected');
      assert.is(backup.closed(), 1);
    }
  });

  test('does not end the snapshot of an archive that is cut short anywhere', async () => {
    const bytes = await whole();
    for (let length = 1; length < bytes.length; length += 7) {
      assert.is(await codeOf(read(bytes.subarray(0, length))), 'archive_rejected', `${length} bytes`);
    }
    assert.is(await codeOf(read(bytes.subarray(0, -1))), 'archive_rejected');
  });

  test('does not end the snapshot of an archive that continues after its end', async () => {
    for (const more of [Buffer.from('x'), await whole()]) {
      assert.is(await codeOf(read(Buffer.concat([await whole(), more]))), 'archive_rejected');
    }
  });

  test('ignores zeros after an archive, and reports how many there were', async () => {
    for (const count of [0, 1, 511, 600_000]) {
      const padded = Buffer.concat([await whole(), Buffer.alloc(count)]);
      const opened = await reader.open(openedBackup(padded));
      assert.ok((await collect(opened.snapshot)).equals(state));
      assert.is(opened.file().paddingBytes, count);
      assert.is(opened.file().sizeBytes, padded.length);
      await opened.close();
    }
  });

  test('does not end the snapshot of an archive if something follows its zeros', async () => {
    const bytes = Buffer.concat([await whole(), Buffer.alloc(600_000), Buffer.of(1)]);
    assert.is(await codeOf(read(bytes)), 'archive_rejected');
  });

  test('either refuses an archive that is damaged anywhere, or reads its original content', async () => {
    const bytes = await whole();
    for (let position = 0; position < bytes.length; position += 3) {
      const damaged = Uint8Array.from(bytes, (byte, at) => (at === position ? byte ^ (1 << (at % 8)) : byte));
      const outcome = await read(damaged).catch((error: unknown) => error);
      if (!isJacoError(outcome)) {
        assert.equal(outcome, { metadata: metadataWith(), snapshot: Buffer.from(state) }, `byte ${position}`);
      } else assert.match(outcome.code, /^archive_(rejected|too_large)$/, `byte ${position}`);
    }
  });

  test('reads a snapshot as large as the limit, and refuses a larger one', async () => {
    const largest = noise(limitBytes);
    assert.ok((await read(await archive(metadataWith(), largest))).snapshot.equals(largest));
    const tooLarge = await archive(metadataWith(), noise(limitBytes + 1));
    assert.is(await codeOf(read(tooLarge)), 'archive_too_large');
  });

  test('returns the metadata of an archive whose snapshot is damaged', async () => {
    const bytes = await archive(metadataWith(), noise(5_000));
    const opened = await reader.open(openedBackup(bytes.subarray(0, 4_000)));
    assert.equal(opened.metadata, metadataWith());
    assert.ok(isJacoError(await thrownBy(collect(opened.snapshot)), 'archive_rejected'));
    await opened.close();
  });

  test.run();
}
