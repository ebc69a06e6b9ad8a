import { createServer, type IncomingMessage, type RequestOptions, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What becomes of one request. */
export type Mishap =
  /** An answer in the server's place. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection ends after so many bytes of the request, which never arrives. */
  | { readonly kind: 'cut-request'; readonly afterBytes: number }
  /** It arrives, and the answer is lost. */
  | { readonly kind: 'lose-answer' }
  /** The connection ends after so many bytes of the answer's body. */
  | { readonly kind: 'cut-answer'; readonly afterBytes: number }
  /** The server falls silent after so many bytes of the answer's body. */
  | { readonly kind: 'stall-answer'; readonly afterBytes: number }
  /** One bit of the request's body changes. */
  | { readonly kind: 'corrupt-request' }
  /** One bit of the answer's body changes. */
  | { readonly kind: 'corrupt-answer' }
  /** The answer comes without these headers. */
  | { readonly kind: 'hide-headers'; readonly names: readonly string[] }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Half of the request's body arrives so much later, whether or not its sender still waits. */
  | { readonly kind: 'halt-request'; readonly ms: number };

/** A request as it passes. */
export interface PassingRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly sizeBytes: number;
}

/** Stands between the program and a server, and does to each request what `judge` says; undefined lets it pass. */
export interface StorageProxy {
  readonly url: string;
  judge: (request: PassingRequest) => Mishap | undefined;
  /** All that have passed, "METHOD path?query". */
  readonly seen: string[];
}

/** Whether a request sends part `number` of an upload. */
export const isPart = ({ method, url }: PassingRequest, number: number) =>
  method === 'PUT' && url.searchParams.get('partNumber') === String(number);

/** Whether a request completes an upload. */
export const isCompletion = ({ method, url }: PassingRequest) => method === 'POST' && !url.searchParams.has('uploads');

/** Lets the first `count` requests that `which` picks meet with `mishap`. */
export function befall(
  proxy: StorageProxy,
  which: (request: PassingRequest) => boolean,
  mishap: Mishap,
  count = Number.POSITIVE_INFINITY,
): void {
  let left = count;
  proxy.judge = (request) => {
    if (!which(request) || left === 0) return undefined;
    left -= 1;
    return mishap;
  };
}

/** A proxy in front of the server at `target`. */
export async function startStorageProxy(target: RequestOptions): Promise<StorageProxy> {
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  // Nothing here keeps a test file from ending.
  server.on('connection', (socket) => socket.unref());
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: StorageProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    judge: () => undefined,
    seen: [],
  };

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = '', headers } = incoming;
    const url = new URL(incoming.url ?? '/', proxy.url);
    proxy.seen.push(`${method} ${incoming.url}`);
    const sizeBytes = Number(headers['content-length'] ?? 0);
    const mishap = proxy.judge({ method, url, headers, sizeBytes });
    if (mishap?.kind === 'cut-request') return cutRequest(incoming, mishap.afterBytes);
    const body = await wholeBody(incoming);
    if (mishap?.kind === 'delay') await sleep(mishap.ms, undefined, { ref: false });
    if (mishap?.kind === 'answer') {
      outgoing.writeHead(mishap.status, mishap.headers).end(mishap.body ?? '');
      return;
    }
    if (mishap?.kind === 'corrupt-request' && body.length > 0) body[0] = (body[0] as number) ^ 1;
    const answer = await forward(target, incoming, body, mishap?.kind === 'halt-request' ? mishap.ms : 0);
    if (mishap?.kind === 'lose-answer') return void outgoing.destroy();
    for (const name of mishap?.kind === 'hide-headers' ? mishap.names : []) delete answer.headers[name];
    // The server ends its connection, we keep ours.
    delete answer.headers.connection;
    outgoing.writeHead(answer.status, answer.headers);
    if (mishap?.kind === 'corrupt-answer' && answer.body.length > 0) answer.body[0] = (answer.body[0] as number) ^ 1;
    if (mishap?.kind === 'stall-answer') return void outgoing.write(answer.body.subarray(0, mishap.afterBytes));
    if (mishap?.kind !== 'cut-answer') return void outgoing.end(answer.body);
    outgoing.write(answer.body.subarray(0, mishap.afterBytes), () => outgoing.destroy());
  }
  return proxy;
}

function cutRequest(incoming: IncomingMessage, afterBytes: number): void {
  let received = 0;
  const judge = (length: number) => {
    received += length;
    if (received >= afterBytes) incoming.destroy();
  };
  incoming.on('data', (piece: Uint8Array) => judge(piece.length));
  judge(0);
}

async function wholeBody(stream: IncomingMessage): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

function forward(target: RequestOptions, { method, url, headers }: IncomingMessage, body: Uint8Array, haltMs: number) {
  return new Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }>((resolve, reject) => {
    const onward = request({ ...target, method, path: url, headers }, (answer) => {
      wholeBody(answer).then(
        (whole) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: whole }),
        reject,
      );
    });
    onward.on('error', reject);
    if (haltMs === 0) return void onward.end(body);
    const half = body.length >> 1;
    onward.write(body.subarray(0, half));
    sleep(haltMs).then(() => onward.end(body.subarray(half)));
  });
}
