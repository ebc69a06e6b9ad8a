import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { JacoError } from '../../src/domain/errors.js';
import type { SnapshotSource } from '../../src/ports/snapshot-source.js';
import { until } from '../cli/waiting.js';
import { type ScriptedBackup, scriptedRefusal } from '../fakes/in-memory-snapshot-source.js';

/** One implementation that asks one cluster. */
export interface Harness {
  readonly source: SnapshotSource;
  /** How often the cluster was asked. */
  calls(): number;
  /** How many of those calls have ended, by either side. */
  endedCalls(): number;
  close(): Promise<void>;
}

/** What {@link SnapshotSource} promises, for any implementation. `open` makes one whose cluster follows a script. */
export function snapshotSourceContract(
  name: string,
  open: (script: ScriptedBackup, deadlineMs: number) => Promise<Harness>,
): void {
  const test = suite(`SnapshotSource contract: ${name}`);
  const never = new AbortController().signal;
  const enough = 30_000;
  let harness: Harness | undefined;

  async function sourceOf(script: Partial<ScriptedBackup>, deadlineMs = enough): Promise<Harness> {
    harness = await open({ pieces: [], ending: 'end', ...script }, deadlineMs);
    return harness;
  }

  test.after.each(async () => {
    await harness?.close();
    harness = undefined;
  });

  test('yields the bytes that the cluster sends, in pieces of any size', async () => {
    const pieces = [Buffer.from('a'), Buffer.alloc(8 * 1024 * 1024, 'b'), Buffer.from('c')];
    const { source } = await sourceOf({ pieces });
    assert.ok(Buffer.concat(await piecesOf(source.open(never))).equals(Buffer.concat(pieces)));
  });

  test('yields no empty pieces', async () => {
    const { source } = await sourceOf({ pieces: [Buffer.alloc(0), Buffer.from('a'), Buffer.alloc(0)] });
    assert.ok((await piecesOf(source.open(never))).every((piece) => piece.length > 0));
  });

  test('yields nothing from a cluster that sends nothing', async () => {
    const { source } = await sourceOf({ pieces: [] });
    assert.equal(await piecesOf(source.open(never)), []);
  });

  test('asks nothing before the first pull, and once for each stream', async () => {
    const { source, calls } = await sourceOf({ pieces: [Buffer.from('archive')] });
    const [first, second] = [source.open(never), source.open(never)];
    assert.is(calls(), 0);
    await piecesOf(first);
    assert.is(calls(), 1);
    await piecesOf(second);
    assert.is(calls(), 2);
  });

  test('reports the error of the daemon with its code and message', async () => {
    const { source } = await sourceOf({ ending: 'refuse' });
    const error = await failureOf(source.open(never));
    assert.is(error.code, 'daemon_refused');
    assert.is(error.details['daemonCode'], scriptedRefusal.code);
    assert.is(error.message, `${scriptedRefusal.code}: ${scriptedRefusal.message}`);
  });

  test('ends with the error of a daemon that stops half-way', async () => {
    const { source } = await sourceOf({ pieces: [Buffer.from('half')], ending: 'refuse' });
    assert.is((await failureOf(source.open(never))).code, 'daemon_refused');
  });

  test('reports that there is no answer', async () => {
    const { source } = await sourceOf({ ending: 'absent' });
    assert.is((await failureOf(source.open(never))).code, 'connection_failed');
  });

  test('does not take a broken connection for the end', async () => {
    const { source } = await sourceOf({ pieces: [Buffer.from('half')], ending: 'break' });
    assert.is((await failureOf(source.open(never))).code, 'stream_broken');
  });

  test('stops a stream that stalls past the deadline', async () => {
    const { source } = await sourceOf({ pieces: [Buffer.from('half')], ending: 'hang' }, 150);
    assert.is((await failureOf(source.open(never))).code, 'deadline_exceeded');
  });

  for (const [span, deadlineMs] of [
    ['longer than a timer can wait', 2 ** 31],
    ['longer than a header can say', Number.MAX_SAFE_INTEGER],
  ] as const) {
    test(`takes a deadline that is ${span}`, async () => {
      const { source } = await sourceOf({ pieces: [Buffer.from('archive')] }, deadlineMs);
      assert.is(Buffer.concat(await piecesOf(source.open(never))).toString(), 'archive');
    });
  }

  test('sends no request once the signal has fired', async () => {
    const { source, calls } = await sourceOf({ pieces: [Buffer.from('archive')] });
    assert.is((await failureOf(source.open(AbortSignal.abort()))).code, 'interrupted');
    assert.is(calls(), 0);
  });

  test('stops waiting when the signal fires, and lets the cluster know', async () => {
    const interruption = new AbortController();
    const { source, endedCalls } = await sourceOf({ pieces: [Buffer.from('half')], ending: 'hang' });
    const failing = failureOf(abortingOnFirst(source.open(interruption.signal), interruption));
    assert.is((await failing).code, 'interrupted');
    await until(() => endedCalls() === 1);
  });

  test('lets the cluster know when the consumer leaves early', async () => {
    const { source, endedCalls } = await sourceOf({ pieces: endless(64 * 1024) });
    for await (const _ of source.open(never)) break;
    await until(() => endedCalls() === 1);
  });

  for (const size of [64 * 1024, 4 * 1024 * 1024]) {
    test(`does not read ahead of a slow consumer, in pieces of ${size / 1024} KiB`, async () => {
      const sent = { bytes: 0 };
      const { source } = await sourceOf({ pieces: counted(endless(size), sent) });
      const stream = source.open(never)[Symbol.asyncIterator]();
      await stream.next();
      await untilStill(() => sent.bytes);
      console.log(
        `NOTE: ${name}: ${sent.bytes / 1024} KiB left the cluster while the first ${size / 1024} KiB were held`,
      );
      // The piece that is held, one that is ready, one that the cluster is about to send, and what lies in buffers.
      assert.ok(sent.bytes <= 3 * size + 512 * 1024, `${sent.bytes} bytes were sent`);
      await stream.return?.();
    });
  }

  test.run();
}

async function piecesOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return pieces;
}

/** The refusal that `stream` ends in. @throws what else it ends in */
async function failureOf(stream: AsyncIterable<unknown>): Promise<JacoError> {
  try {
    for await (const _ of stream);
  } catch (error) {
    if (error instanceof JacoError) return error;
    throw error;
  }
  throw new Error('it succeeded');
}

async function* abortingOnFirst(stream: AsyncIterable<Uint8Array>, interruption: AbortController) {
  for await (const piece of stream) {
    interruption.abort();
    yield piece;
  }
}

function* endless(sizeBytes: number): Generator<Uint8Array, void, undefined> {
  const piece = Buffer.alloc(sizeBytes);
  for (;;) yield piece;
}

function* counted(pieces: Iterable<Uint8Array>, sent: { bytes: number }): Generator<Uint8Array, void, undefined> {
  for (const piece of pieces) {
    sent.bytes += piece.length;
    yield piece;
  }
}

/** Waits until `value` has been the same for a while. */
async function untilStill(value: () => number): Promise<void> {
  for (let still = 0, last = -1; still < 20; still = value() === last ? still + 1 : 0) {
    last = value();
    await sleep(10);
  }
}
