import { type ServiceError, status } from '@grpc/grpc-js';

/**
 * What ended a call: this process, before anything was sent; the daemon with its own status; a connection that could
 * not be made, or that broke; a server that does not speak the contract; or the deadline.
 */
export type FailureOrigin = 'process' | 'daemon' | 'unconnected' | 'broken' | 'foreign' | 'deadline';

/**
 * gRPC reports its own failures and those of a connection with statuses that look like the daemon's. Only their wording
 * distinguishes them (grpc-js 1.14: subchannel-call.js, load-balancing-call.js, resolving-call.js, picker.js,
 * resolver-dns.js, client-interceptors.js, compression-filter.js). The first match counts.
 */
const ownWords: readonly (readonly [RegExp, FailureOrigin])[] = [
  [/^Deadline exceeded/, 'deadline'],
  // Errors of JavaScript itself, or of Node's own code, do not come from the network.
  [/^No connection established\. Last error: (Type|Range|Reference|Syntax|URI)Error\b/, 'process'],
  [/^No connection established\. Last error: Error \[ERR_(?!TLS_|SSL_|OSSL_|HTTP2_|SOCKET_|STREAM_)/, 'process'],
  [/^(No connection established|Name resolution failed)/, 'unconnected'],
  [/^(Connection dropped|Call cancelled|Stream refused by server|Bandwidth exhausted)/, 'broken'],
  [/^Failed to start HTTP\/2 stream with error (New streams cannot|The session has been|No stream ID is)/, 'broken'],
  [/^(Received RST_STREAM|Write (error|failed)|(read|write) E[A-Z]+)/, 'broken'],
  [/^(Failed to start HTTP\/2 stream|Request message serialization failure|Attempted to send message)/, 'process'],
  [/^(Failed to write message|"authorization" metadata|Getting metadata from plugin|Channel closed)/, 'process'],
  [/^(Failed to parse|Could not find a resolver|Unrecognized scheme)/, 'process'],
  [/^(Received HTTP status|Response message parsing error|No status information received)/, 'foreign'],
  [/^(Failed to decompress|Received message that decompresses|Invalid metadata|Metadata )/, 'foreign'],
];

/**
 * What ended the call that failed with `error`. If the call was handed to a connection (`wasHandedOver`), a message
 * about an earlier stage is not from our gRPC: a daemon or a proxy wrote it. `deadline` is when the call had to end, in
 * milliseconds since 1970; `isLost` says that its connection was found to be gone.
 */
export function originOf(
  error: ServiceError,
  {
    deadline,
    wasHandedOver,
    isLost,
  }: { readonly deadline: number; readonly wasHandedOver: boolean; readonly isLost: boolean },
): FailureOrigin {
  if (isLost) return wasHandedOver ? 'broken' : 'unconnected';
  const origin = ownWords.find(([pattern]) => pattern.test(error.details))?.[1];
  if (origin === 'unconnected' && wasHandedOver) return 'broken';
  if (origin !== undefined && !(origin === 'process' && wasHandedOver)) return origin;
  // The daemon knows the deadline too, and may have reported it first.
  if (error.code === status.DEADLINE_EXCEEDED && Date.now() >= deadline - clockSlackMs) return 'deadline';
  return 'daemon';
}

/** Why a connection failed, without gRPC's words around the reason; the whole message if there is no more in it. */
export function reasonIn({ details }: ServiceError): string {
  const lastError = /^No connection established\. Last error: (.*?)\.? Resolution note: /s.exec(details)?.[1];
  return (lastError ?? details).replace(/\.$/, '');
}

/** The deadline is sent as a duration, so the two ends do not reach it at the same moment. */
const clockSlackMs = 1_000;
