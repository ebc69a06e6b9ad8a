import type { TimestampMessage } from './messages.js';

/** A google.protobuf.Timestamp as RFC 3339 text in UTC with as many digits as it has; empty for an absent one. */
export function timestampText(timestamp: TimestampMessage | null): string {
  if (timestamp === null) return '';
  const instant = new Date(Number(timestamp.seconds) * 1000);
  // A time outside JavaScript's calendar is shown as it came.
  if (Number.isNaN(instant.getTime())) return `${timestamp.seconds} s`;
  const fraction = timestamp.nanos === 0 ? '' : `.${String(timestamp.nanos).padStart(9, '0').replace(/0+$/, '')}`;
  return instant.toISOString().replace('.000Z', `${fraction}Z`);
}

/** Milliseconds since 1970 as a google.protobuf.Timestamp. */
export function timestampOf(ms: number): TimestampMessage {
  const seconds = Math.floor(ms / 1000);
  return { seconds: String(seconds), nanos: Math.round((ms - seconds * 1000) * 1e6) };
}

/** A google.protobuf.Timestamp as milliseconds since 1970. */
export function timestampMs(timestamp: TimestampMessage): number {
  return Number(timestamp.seconds) * 1000 + timestamp.nanos / 1e6;
}
