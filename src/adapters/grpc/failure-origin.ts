import { type ServiceError, status } from '@grpc/grpc-js';

/**
 * Who ended a call: the daemon with a status of its own; nobody, because no connection came about; a connection that
 * broke; a server that does not speak the contract; or the deadline.
 */
export type FailureOrigin = 'daemon' | 'unconnected' | 'broken' | 'foreign' | 'deadline';

/**
 * gRPC reports a failed connection by a status that looks like one of the daemon's. Only its wording tells them apart
 * (grpc-js 1.14: subchannel-call.js, load-balancing-call.js, picker.js, resolver-dns.js, client-interceptors.js).
 */
const ownWords: readonly (readonly [RegExp, FailureOrigin])[] = [
  [/^Deadline exceeded/, 'deadline'],
  [/^(No connection established|Name resolution failed)/, 'unconnected'],
  [/^(Connection dropped|Call cancelled|Stream refused by server|Bandwidth exhausted)/, 'broken'],
  [/^(Received RST_STREAM|Failed to start HTTP\/2 stream|Write (error|failed)|(read|write) E[A-Z]+)/, 'broken'],
  [/^(Received HTTP status|Response message parsing error|No status information received)/, 'foreign'],
  [/^(Failed to decompress|Received message that decompresses|Invalid metadata|Metadata )/, 'foreign'],
];

/** Who ended the call that failed with `error`; `deadline` is when it had to end, in milliseconds since 1970. */
export function originOf(error: ServiceError, deadline: number): FailureOrigin {
  const found = ownWords.find(([pattern]) => pattern.test(error.details));
  if (found !== undefined) return found[1];
  // The daemon knows the deadline too, and may have been the first to tell.
  if (error.code === status.DEADLINE_EXCEEDED && Date.now() >= deadline - clockSlackMs) return 'deadline';
  return 'daemon';
}

/** The deadline travels as a span of time, so that the two ends do not meet it at the same moment. */
const clockSlackMs = 1_000;
