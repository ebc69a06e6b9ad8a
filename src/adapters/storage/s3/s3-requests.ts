import { createHash } from 'node:crypto';
import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  validateHeaderValue,
} from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import aws4 from 'aws4';
import { JacoError, stopIfInterrupted } from '../../../domain/errors.js';
import { advice } from '../../../domain/remedy.js';
import type { S3Endpoint } from './s3-endpoint.js';
import { isPassing, refusalOf, S3Unreachable } from './s3-failure.js';
import type { Credentials, S3Manners } from './s3-settings.js';
import { sendRequest } from './send-request.js';

/** One request of the protocol. */
export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly bucket: string;
  /** Empty for a request about the bucket. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Leaves the body out of the signature, so that neither side has to compute its SHA-256. */
  readonly unsignedBody?: boolean;
}

/** A success. */
export interface S3Answer {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * Sends requests to one server, each signed when it is sent. Retries after temporary failures (throttling, a broken
 * connection) with a pause that doubles, or that the server requests. Both throw S3Refusal, S3Unreachable, and
 * JacoError `interrupted` and `credentials_missing`.
 */
export interface S3Requests {
  readonly endpoint: S3Endpoint;
  readonly manners: S3Manners;
  /** The answer with its whole, small body. */
  ask(request: S3Request, signal: AbortSignal): Promise<S3Answer>;
  /** The answer with an unread body. The caller destroys it. */
  open(request: S3Request, signal: AbortSignal): Promise<IncomingMessage>;
}

/** The largest answer that is read into memory, in bytes: a page of a listing is a tenth of it. */
const answerBytes = 8 * 1024 * 1024;

/** The longest pause, in milliseconds. */
const longestPauseMs = 30_000;

const emptySha256 = sha256Of(new Uint8Array());

/** Requests to the server at `endpoint`. */
export function createS3Requests(endpoint: S3Endpoint, manners: S3Manners): S3Requests {
  async function attempt(request: S3Request, signal: AbortSignal, tries: number): Promise<IncomingMessage> {
    stopIfInterrupted(signal);
    const credentials = await endpoint.credentials(signal);
    const { method, bucket, key, query, body, unsignedBody } = request;
    const url = new URL(endpoint.urlOf(bucket, key, query));
    const content = unsignedBody ? 'UNSIGNED-PAYLOAD' : body === undefined ? emptySha256 : sha256Of(body);
    const headers = signedHeaders(
      {
        method,
        host: url.host,
        path: `${url.pathname}${url.search}`,
        headers: { ...request.headers, 'x-amz-content-sha256': content },
        service: 's3',
        region: endpoint.region,
      },
      credentials,
    );
    const response = await sendRequest(
      { method, url, headers, body, silenceMs: manners.silenceMs },
      endpoint,
      signal,
      tries,
    );
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    throw refusalOf(status, response.headers, await wholeBody(response, tries, manners.silenceMs), tries);
  }

  async function patiently<Result>(signal: AbortSignal, work: (tries: number) => Promise<Result>): Promise<Result> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work(tries);
      } catch (error) {
        if (!isPassing(error) || tries >= manners.attempts) throw error;
        const asked = 'retryAfterMs' in error ? error.retryAfterMs : undefined;
        // Clients that were refused together must not all return together.
        const own = manners.firstPauseMs * 2 ** (tries - 1) * (0.5 + Math.random() / 2);
        await pause(Math.min(asked ?? own, longestPauseMs), undefined, { signal }).catch(() =>
          stopIfInterrupted(signal),
        );
      }
    }
  }

  return {
    endpoint,
    manners,
    ask: (request, signal) =>
      patiently(signal, async (tries) => {
        const response = await attempt(request, signal, tries);
        const body = request.method === 'HEAD' ? '' : await wholeBody(response, tries, manners.silenceMs);
        response.resume();
        // S3 begins some answers before it knows the result.
        if (/<Error[\s>]/.test(body)) throw refusalOf(500, response.headers, body, tries);
        return { headers: response.headers, body };
      }),
    open: (request, signal) => patiently(signal, (tries) => attempt(request, signal, tries)),
  };
}

/** The headers of a request, with those that sign it. */
function signedHeaders(
  request: aws4.Request,
  { accessKeyId, secretAccessKey, sessionToken = '' }: Credentials,
): OutgoingHttpHeaders {
  try {
    const { headers = {} } = aws4.sign(request, { accessKeyId, secretAccessKey, sessionToken });
    for (const [name, value] of Object.entries(headers)) validateHeaderValue(name, value as string);
    return headers;
  } catch {
    // Without the cause: it must not carry keys and tokens.
    throw new JacoError('credentials_missing', 'the keys of the object storage cannot sign a request.', {
      remedies: [advice('Check the access key, the secret key, the session token and the region.')],
    });
  }
}

async function wholeBody(response: IncomingMessage, tries: number, silenceMs: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  const silence = setTimeout(() => {
    response.destroy(Object.assign(new Error('the server fell silent'), { code: 'ETIMEDOUT' }));
  }, silenceMs);
  try {
    for await (const piece of response) {
      silence.refresh();
      sizeBytes += piece.length;
      if (sizeBytes > answerBytes) throw Object.assign(new Error('the answer is too long'), { code: 'EMSGSIZE' });
      pieces.push(piece);
    }
  } catch (error) {
    throw new S3Unreachable(error as NodeJS.ErrnoException, tries);
  } finally {
    clearTimeout(silence);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
