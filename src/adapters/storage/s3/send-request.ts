import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { JacoError } from '../../../domain/errors.js';
import type { S3Endpoint } from './s3-endpoint.js';
import { S3Unreachable } from './s3-failure.js';

/** A request that is ready to go over the wire. */
interface SignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<OutgoingHttpHeaders>;
  readonly body: Uint8Array | undefined;
  /** After how long without a byte the connection counts as dead, in milliseconds. */
  readonly silenceMs: number;
}

/**
 * Sends a request and returns the answer with its unread body. Uses node:http, because `fetch` has no option for the
 * CAs to trust. Firing `signal` ends the connection, even while the body is read.
 * @throws S3Unreachable  the connection could not be made, broke, or fell silent before the answer began
 */
export async function sendRequest(
  { method, url, headers, body, silenceMs }: SignedRequest,
  endpoint: S3Endpoint,
  signal: AbortSignal,
  tries: number,
): Promise<IncomingMessage> {
  const { request, agent } = await endpoint.transport();
  return new Promise((resolve, reject) => {
    const sending = request(url, {
      method,
      agent,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-length': body.length }) },
    });
    const stop = () => sending.destroy(new JacoError('interrupted', 'interrupted'));
    signal.addEventListener('abort', stop, { once: true });
    sending.on('close', () => signal.removeEventListener('abort', stop));
    sending.setTimeout(silenceMs, () =>
      sending.destroy(Object.assign(new Error('the server fell silent'), { code: 'ETIMEDOUT' })),
    );
    sending.on('response', (response) => {
      sending.setTimeout(0);
      resolve(response);
    });
    sending.on('error', (error: NodeJS.ErrnoException) =>
      reject(error instanceof JacoError ? error : new S3Unreachable(error, tries)),
    );
    sending.end(body);
  });
}
