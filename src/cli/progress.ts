import { styleText } from 'node:util';
import type { ArchiveLocation } from '../domain/values/archive-location.js';
import type { BackupStore } from '../ports/backup-store.js';
import { progressText } from './rendering/progress-text.js';
import type { Terminal } from './terminal.js';

/** How often the line is redrawn, in milliseconds. */
const intervalMs = 100;

/** A line on the terminal that shows the progress of a stream. */
export interface Progress {
  /** Counts the bytes that pass, from 0 each time a stream is read; does not change them. */
  watch(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** Sets how many bytes will pass; undefined if unknown. */
  expect(totalBytes: number | undefined): void;
  /** Removes the line. Safe to call more than once. */
  end(): void;
}

/** Shows nothing: for pipes, `--quiet`, and terminals that cannot rewrite a line. */
const unseen: Progress = { watch: (bytes) => bytes, expect: () => undefined, end: () => undefined };

/**
 * Starts to show progress, labelled with `what` ("Received", "Read"). If stderr is not a terminal, shows and loads
 * nothing.
 */
export async function showProgress(terminal: Pick<Terminal, 'progressOutput'>, what: string): Promise<Progress> {
  const stream = terminal.progressOutput;
  if (stream === undefined) return unseen;
  const { createLogUpdate } = await import('log-update');
  // To hide the cursor the library would handle SIGINT in our place, and a killed backup would leave its temporary
  // file.
  const line = createLogUpdate(withSize(stream), { showCursor: true });
  const startedAt = performance.now();
  let bytes = 0;
  let totalBytes: number | undefined;
  const draw = () => line(dimmed(progressText(what, { bytes, totalBytes, elapsedMs: performance.now() - startedAt })));
  draw();
  const timer = setInterval(draw, intervalMs);
  return {
    async *watch(passing) {
      bytes = 0;
      for await (const chunk of passing) {
        bytes += chunk.length;
        yield chunk;
      }
      draw();
    },
    expect(total) {
      totalBytes = total;
    },
    end() {
      clearInterval(timer);
      line.clear();
    },
  };
}

/** Consoles on serial lines, and some containers, report 0 columns: assume a terminal of the usual size. */
function withSize(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  return Object.create(stream, {
    columns: { get: () => stream.columns || 80 },
    rows: { get: () => stream.rows || 24 },
    write: { value: stream.write.bind(stream) },
  }) as NodeJS.WriteStream;
}

/** The stored size of an archive; undefined for a pipe, and if reading will report an error. */
export async function knownSize(
  store: Pick<BackupStore, 'stat'>,
  archive: ArchiveLocation,
  signal: AbortSignal,
): Promise<number | undefined> {
  const status = await store.stat(archive, signal).catch(() => undefined);
  return status?.sizeBytes;
}

/** See no-color.org. */
function dimmed(text: string): string {
  return (process.env['NO_COLOR'] ?? '') === '' ? styleText('dim', text) : text;
}
