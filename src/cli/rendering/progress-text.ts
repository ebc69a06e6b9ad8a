import { formatByteSize } from '../../domain/values/byte-size.js';
import { formatDuration } from '../../domain/values/duration.js';

/** The progress of a stream of bytes. */
export interface StreamProgress {
  readonly bytes: number;
  /** How many there will be; undefined if unknown. */
  readonly totalBytes: number | undefined;
  readonly elapsedMs: number;
}

/** The progress as one line: bytes, the total if known, the average rate, and the elapsed time. */
export function progressText(what: string, { bytes, totalBytes, elapsedMs }: StreamProgress): string {
  const share = totalBytes === undefined || totalBytes === 0 ? undefined : Math.floor((100 * bytes) / totalBytes);
  const amount = formatByteSize(bytes);
  return [
    `${what} ${share === undefined ? amount : `${amount} of ${formatByteSize(totalBytes as number)} (${share} %)`}`,
    // Until some time has passed the rate would be arbitrary.
    ...(elapsedMs < 100 ? [] : [`${formatByteSize(Math.round((bytes * 1000) / elapsedMs))}/s`]),
    formatDuration(elapsedMs),
  ].join(', ');
}
