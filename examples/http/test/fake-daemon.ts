import { once } from 'node:events';
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { field } from './archives.js';

/** A daemon whose behaviour the test decides. */
export interface FakeDaemon {
  readonly socket: string;
  /** How many calls it has received. */
  calls(): number;
  /** How many of them have ended, by themselves or because they were cancelled. */
  ended(): number;
  stop(): Promise<void>;
}

/** Sends one message of a call. */
export type Send = (message: Uint8Array) => Promise<void>;

/** Answers a call; when it resolves, the call ends with the gRPC status that it returns. */
export type Serve = (send: Send) => Promise<number>;

/**
 * Serves every call at a socket with `serve`, for any method: the part of gRPC (its protocol over HTTP/2) that these
 * tests need.
 */
export async function startFakeDaemon(socket: string, serve: Serve): Promise<FakeDaemon> {
  const sessions = new Set<ServerHttp2Session>();
  const count = { calls: 0, ended: 0 };
  const server = createServer()
    .on('session', (session) => sessions.add(session))
    .on('stream', (stream) => {
      count.calls += 1;
      stream.on('error', () => undefined).once('close', () => (count.ended += 1));
      answerCall(stream, serve).catch(() => stream.destroy());
    });
  await once(server.listen(socket), 'listening');
  return {
    socket,
    calls: () => count.calls,
    ended: () => count.ended,
    async stop() {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answerCall(stream: ServerHttp2Stream, serve: Serve): Promise<void> {
  let status = 0;
  stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' }, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(status) }));
  status = await serve(async (message) => {
    await new Promise((resolve) => stream.write(framed(message), resolve));
    if (stream.destroyed) throw new Error('the call was cancelled');
  });
  stream.end();
}

/** A message as it goes over the wire: not compressed, and its length. */
function framed(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** A part of an archive as a message: jaco.v1.BackupChunk. */
export function chunk(data: Uint8Array): Buffer {
  return field(1, data);
}

/** Sends an archive in pieces of 64 KiB, as a daemon does, and ends well. */
export function sending(archive: Uint8Array): Serve {
  return async (send) => {
    for (let start = 0; start < archive.length; start += 65_536)
      await send(chunk(archive.subarray(start, start + 65_536)));
    return 0;
  };
}
