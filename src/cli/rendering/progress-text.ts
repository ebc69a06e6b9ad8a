import { formatByteSize } from '../../domain/values/byte-size.js';
import { formatDuration } from '../../domain/values/duration.js';

/** How far a stream of bytes has come. */
export interface StreamProgress {
  readonly bytes: number;
  /** How many there will be; undefined where nobody knows yet. */
  readonly totalBytes: number | undefined;
  readonly elapsedMs: number;
}

/** The progress as one line: how much, of how much where that is known, how fast on average, and since when. */
export function progressText(what: string, { bytes, totalBytes, elapsedMs }: StreamProgress): string {
  const share = totalBytes === undefined || totalBytes === 0 ? undefined : Math.floor((100 * bytes) / totalBytes);
  const amount = formatByteSize(bytes);
  return [
    `${what} ${share === undefined ? amount : `${amount} of ${formatByteSize(totalBytes as number)} (${share} %)`}`,
    // Before a moment has passed the rate would be anything.
    ...(elapsedMs < 100 ? [] : [`${formatByteSize(Math.round((bytes * 1000) / elapsedMs))}/s`]),
    formatDuration(elapsedMs),
  ].join(', ');
}
