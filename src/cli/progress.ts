import { styleText } from 'node:util';
import type { ArchiveLocation } from '../domain/values/archive-location.js';
import type { BackupStore } from '../ports/backup-store.js';
import { progressText } from './rendering/progress-text.js';
import type { Terminal } from './terminal.js';

/** How often the line is drawn anew, in milliseconds. */
const intervalMs = 100;

/** A line on the terminal that shows how far a stream has come. */
export interface Progress {
  /** Counts the bytes that pass from the beginning, which a stream that is read again starts anew; changes nothing about them. */
  watch(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** Says how many bytes will pass; undefined where that is not known. */
  expect(totalBytes: number | undefined): void;
  /** Takes the line away. Safe to call more than once. */
  end(): void;
}

/** Shows nothing: for pipes, `--quiet`, and terminals that cannot rewrite a line. */
const unseen: Progress = { watch: (bytes) => bytes, expect: () => undefined, end: () => undefined };

/**
 * Starts to show the progress of what `what` says ("Received", "Read"). Where no person watches stderr, nothing is shown and
 * nothing loaded.
 */
export async function showProgress(terminal: Pick<Terminal, 'progressOutput'>, what: string): Promise<Progress> {
  const stream = terminal.progressOutput;
  if (stream === undefined) return unseen;
  const { createLogUpdate } = await import('log-update');
  // Hiding the cursor would have the library take SIGINT from us, and a killed backup leave its temporary file.
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

/** Consoles on serial lines, and some containers, say that they have 0 columns: then they are taken for the usual terminal. */
function withSize(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  return Object.create(stream, {
    columns: { get: () => stream.columns || 80 },
    rows: { get: () => stream.rows || 24 },
    write: { value: stream.write.bind(stream) },
  }) as NodeJS.WriteStream;
}

/** The size of an archive as it is kept; undefined for a pipe, and where reading will tell what is wrong. */
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
