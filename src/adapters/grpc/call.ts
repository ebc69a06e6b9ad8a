import type { Client, ClientReadableStream, Metadata, ServiceError } from '@grpc/grpc-js';
import { JacoError, stopIfInterrupted } from '../../domain/errors.js';
import type { CallDefinition, Draft } from '../contract/contract.js';
import { callFailure } from './call-failure.js';
import { type DaemonConnection, openClient } from './connection.js';
import { watchConnection } from './connection-watch.js';
import { createReadCredit, type ReadCredit } from './read-credit.js';

/** How to reach a daemon, and how long one call may take. */
export interface CallSettings {
  readonly connection: DaemonConnection;
  /** From the first byte sent to the last one received, in milliseconds; more than {@link longestWaitMs} sets no deadline. */
  readonly deadlineMs: number;
}

/**
 * The longest that Node's timers wait, some 24 days. With a longer deadline, grpc-js as a server ends a call at once; as a
 * client it throws, where no caller can catch it, for a deadline that its header cannot hold.
 */
const longestWaitMs = 2 ** 31 - 1;

/**
 * Makes one call and yields its messages as they come; a call that is not a stream yields one. While one message is
 * consumed the next is read, but no more, apart from what HTTP/2's window admits. Ending the iteration early cancels
 * the call.
 * @throws daemon_refused, connection_failed, tls_untrusted, deadline_exceeded, stream_broken, interrupted, what
 *         {@link openClient} throws, and a plain Error for what failed in this process before anything was sent
 */
export async function* callDaemon<Request, Response>(
  { connection, deadlineMs }: CallSettings,
  definition: CallDefinition<Request, Response>,
  request: Draft<Request>,
  signal: AbortSignal,
): AsyncGenerator<Response, void, undefined> {
  stopIfInterrupted(signal);
  const { client, metadata } = await openClient(connection);
  const deadline = deadlineMs > longestWaitMs ? Number.POSITIVE_INFINITY : Date.now() + deadlineMs;
  try {
    // If the signal fired while the client was made, a listener added now would not hear of it.
    stopIfInterrupted(signal);
    const credit = createReadCredit();
    const call = start(client, metadata, definition, request, { deadline, credit });
    const cancel = () => call.cancel();
    const answer = watchAnswer(call);
    signal.addEventListener('abort', cancel);
    const watch = watchConnection(client, connection, cancel);
    try {
      for await (const message of call as AsyncIterable<Response>) {
        credit.grant();
        watch.rest();
        yield message;
        watch.resume();
      }
    } catch (error) {
      if (signal.aborted) throw new JacoError('interrupted', 'interrupted', { cause: error });
      if (!isServiceError(error)) throw error;
      const known = { wasHandedOver: wasHandedOver(call), isLost: watch.isLost(), isForeign: answer.isForeign() };
      throw await callFailure(error, { connection, deadlineMs, deadline, ...known });
    } finally {
      watch.end();
      signal.removeEventListener('abort', cancel);
      call.cancel();
    }
  } finally {
    client.close();
  }
}

/**
 * Whether a failed call had been handed to an established connection. gRPC gets the peer from the connection, so
 * without one there is no peer.
 */
function wasHandedOver(call: ClientReadableStream<unknown>): boolean {
  return call.getAuthContext() !== null;
}

/**
 * Checks the content-type of the answer, and ends a call if the answer is not gRPC: grpc-js checks it only if the
 * status is not a success, and reads a web page's bytes as messages, the first five as the size of one that may be over
 * a gigabyte (findings/a-web-page-for-a-message.sh).
 */
function watchAnswer(call: ClientReadableStream<unknown>): { isForeign(): boolean } {
  let isForeign = false;
  call.once('metadata', (metadata: Metadata) => {
    const [kind] = metadata.get('content-type');
    isForeign = !/^application\/grpc(?![-\w])/i.test(String(kind));
    if (isForeign) call.cancel();
  });
  return { isForeign: () => isForeign };
}

/** Makes every call as a stream: on the wire a single answer is a stream of one message. */
function start<Request, Response>(
  client: Client,
  metadata: Metadata,
  { path, request: requestCodec, response }: CallDefinition<Request, Response>,
  request: Draft<Request>,
  { deadline, credit }: { readonly deadline: number; readonly credit: ReadCredit },
): ClientReadableStream<Response> {
  const options = { deadline, interceptors: [credit.interceptor] };
  return client.makeServerStreamRequest(path, requestCodec.encode, response.decode, request, metadata, options);
}

function isServiceError(error: unknown): error is ServiceError {
  const { code, details } = error as Partial<ServiceError>;
  return error instanceof Error && typeof details === 'string' && typeof code === 'number';
}
