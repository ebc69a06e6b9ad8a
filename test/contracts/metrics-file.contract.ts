import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MetricsFile } from '../../src/ports/metrics-file.js';
import { codeOf } from '../builders/outcome.js';

/** One implementation and a path that does not exist. */
export interface Harness {
  readonly metrics: MetricsFile;
  readonly path: string;
  /** Permission bits of the file. */
  mode(): Promise<number>;
  /** Whether anything but the file is there. */
  hasLeftovers(): Promise<boolean>;
  /** From now on nothing can be written. */
  breakDisk(): void;
  close(): Promise<void>;
}

/** What {@link MetricsFile} promises, for any implementation. */
export function metricsFileContract(name: string, open: () => Promise<Harness>): void {
  const test = suite(`MetricsFile contract: ${name}`);
  let harness: Harness;

  test.before.each(async () => {
    harness = await open();
  });
  test.after.each(() => harness.close());

  test('reads nothing where there is no file', async () => {
    assert.equal(await harness.metrics.read(harness.path), { kind: 'none' });
  });

  test('reads what was written, and lets everyone read it', async () => {
    await harness.metrics.replace(harness.path, 'a 1\nb ☂\n');
    assert.equal(await harness.metrics.read(harness.path), { kind: 'text', text: 'a 1\nb ☂\n' });
    assert.is(await harness.mode(), 0o644);
  });

  test('puts a text in the place of another, and leaves nothing else', async () => {
    await harness.metrics.replace(harness.path, 'a long text\n');
    await harness.metrics.replace(harness.path, 'short\n');
    assert.equal(await harness.metrics.read(harness.path), { kind: 'text', text: 'short\n' });
    assert.is(await harness.hasLeftovers(), false);
  });

  test('keeps the old text when the new one cannot be written', async () => {
    await harness.metrics.replace(harness.path, 'old\n');
    harness.breakDisk();
    assert.is(await codeOf(harness.metrics.replace(harness.path, 'new\n')), 'storage_failed');
    assert.equal(await harness.metrics.read(harness.path), { kind: 'text', text: 'old\n' });
    assert.is(await harness.hasLeftovers(), false);
  });

  test.run();
}
