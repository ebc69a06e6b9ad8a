import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { JacoError } from '../../src/domain/errors.js';
import type { ArchiveLocation } from '../../src/domain/values/archive-location.js';
import type { ArchiveWriter } from '../../src/ports/archive-writer.js';
import { failingAfter, interruptingAfter, streamOf, watchedStream } from '../builders/byte-streams.js';
import { codeOf, thrownBy } from '../builders/outcome.js';

/** A file at the destination. */
export interface FoundFile {
  readonly text: string;
  /** Permission bits. */
  readonly mode: number;
}

/** One implementation with one empty place to write to. */
export interface Harness {
  readonly writer: ArchiveWriter;
  readonly destination: ArchiveLocation;
  /** The file at the destination; undefined when nothing is there. */
  found(): Promise<FoundFile | undefined>;
  /** Whether anything but the destination is left. */
  hasLeftovers(): Promise<boolean>;
  /** Puts a file of mode 0644 at the destination. */
  plantFile(text: string): Promise<void>;
  plantDirectory(): Promise<void>;
  /** From now on there is room for `bytes` more. */
  limitSpace(bytes: number): void;
  close(): Promise<void>;
}

/** What {@link ArchiveWriter} promises, for any implementation; one that `gathers` what comes is slower to see that there is no room. */
export function archiveWriterContract(
  name: string,
  open: () => Promise<Harness>,
  { gathers = false }: { readonly gathers?: boolean } = {},
): void {
  const test = suite(`ArchiveWriter contract: ${name}`);
  const never = new AbortController().signal;
  let harness: Harness;

  test.before.each(async () => {
    harness = await open();
  });
  test.after.each(() => harness.close());

  const write = (archive: AsyncIterable<Uint8Array>, signal: AbortSignal = never) =>
    harness.writer.write(harness.destination, archive, signal);
  /** Every way to fail, as the code it must end in. */
  const failures: readonly (readonly [string, string, () => Promise<unknown>])[] = [
    ['the archive throws', 'stream_broken', () => write(failingAfter(broken, 'half '))],
    ['the archive throws at once', 'stream_broken', () => write(failingAfter(broken))],
    ['the signal has fired before', 'interrupted', () => write(streamOf('whole'), AbortSignal.abort())],
    ['the signal fires on the way', 'interrupted', () => interrupted(['half '])],
    ['the signal fires after the last byte', 'interrupted', () => interruptedAtEnd()],
    ['the disk is full', 'storage_failed', () => onFullDisk()],
  ];
  const interrupted = (chunks: readonly string[]) => {
    const interruption = new AbortController();
    return write(interruptingAfter(interruption, ...chunks), interruption.signal);
  };
  const interruptedAtEnd = () => {
    const interruption = new AbortController();
    async function* whole() {
      yield* streamOf('whole');
      interruption.abort();
    }
    return write(whole(), interruption.signal);
  };
  const onFullDisk = () => {
    harness.limitSpace(4);
    return write(streamOf('1234', '5', '6'));
  };

  test('stores the archive, readable only by its owner, and returns its location and size', async () => {
    const stored = await write(streamOf('one ', 'two'));
    assert.equal(stored, { location: harness.destination, sizeBytes: 7 });
    assert.equal(await harness.found(), { text: 'one two', mode: 0o600 });
    assert.is(await harness.hasLeftovers(), false);
  });

  test('stores an archive without bytes', async () => {
    assert.is((await write(streamOf())).sizeBytes, 0);
    assert.is((await harness.found())?.text, '');
  });

  test('replaces a file of any mode', async () => {
    await harness.plantFile('a longer backup than the new one');
    await write(streamOf('new'));
    assert.equal(await harness.found(), { text: 'new', mode: 0o600 });
    assert.is(await harness.hasLeftovers(), false);
  });

  test('shows nothing at the destination before the archive has ended', async () => {
    async function* watched() {
      yield Buffer.from('half ');
      assert.is(await harness.found(), undefined);
      yield Buffer.from('whole');
      assert.is(await harness.found(), undefined);
    }
    await write(watched());
    assert.is((await harness.found())?.text, 'half whole');
  });

  for (const [what, code, fail] of failures) {
    test(`leaves nothing when ${what}`, async () => {
      assert.is(await codeOf(fail()), code);
      assert.is(await harness.found(), undefined);
      assert.is(await harness.hasLeftovers(), false);
    });

    test(`leaves the file that was there untouched when ${what}`, async () => {
      await harness.plantFile('yesterday');
      assert.is(await codeOf(fail()), code);
      assert.equal(await harness.found(), { text: 'yesterday', mode: 0o644 });
      assert.is(await harness.hasLeftovers(), false);
    });
  }

  test('rethrows what the archive throws, even if it looks like an error of the operating system', async () => {
    const failure = Object.assign(new Error('no space on the sender'), { code: 'ENOSPC' });
    assert.is(await thrownBy(write(failingAfter(failure, 'half '))), failure);
  });

  test('lets the archive go when the disk is full', async () => {
    harness.limitSpace(1);
    const { seen, stream } = watchedStream(streamOf('12', '3', '4', '5', '6'));
    await thrownBy(write(stream));
    assert.is(seen.ended, true);
    if (!gathers) assert.ok(seen.pulled < 4, `${seen.pulled} pulled`);
  });

  test('can write again after a failure', async () => {
    await thrownBy(write(failingAfter(broken, 'half ')));
    await write(streamOf('whole'));
    assert.is((await harness.found())?.text, 'whole');
  });

  test('refuses a second backup to the same place while one is written', async () => {
    let second: string | undefined;
    async function* first() {
      yield Buffer.from('first ');
      second = await codeOf(write(streamOf('second')));
      yield Buffer.from('whole');
    }
    await write(first());
    assert.is(second, 'in_progress');
    assert.is((await harness.found())?.text, 'first whole');
    assert.is(await harness.hasLeftovers(), false);
  });

  test('refuses a directory as the destination before it pulls anything', async () => {
    await harness.plantDirectory();
    const { seen, stream } = watchedStream(streamOf('whole'));
    assert.is(await codeOf(write(stream)), 'request_invalid');
    assert.is(seen.pulled, 0);
    assert.is(await harness.hasLeftovers(), false);
  });

  test.run();
}

const broken = new JacoError('stream_broken', 'the connection ended');
