import { once } from 'node:events';
import { createSecureServer, createServer, type Http2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { messages } from '../../../src/adapters/contract/contract.js';
import type { CertifiedKey } from '../../../src/adapters/identity/certificate-authority.js';

/** How a call ends, as the trailers say it. */
export interface CallEnd {
  /** A gRPC status code; 0 is success. */
  readonly status: number;
  readonly message?: string;
  /** The bytes of grpc-status-details-bin. */
  readonly details?: Uint8Array;
}

/** One call, to be answered byte by byte in HTTP/2's own terms. */
export interface RawCall {
  readonly stream: ServerHttp2Stream;
  /** Frames a message of one bytes field 1 (BackupChunk.data) and waits while the caller is behind. */
  sendChunk(data: Uint8Array): Promise<void>;
  /** Frames an encoded message. */
  send(message: Uint8Array): Promise<void>;
  end(how: CallEnd): void;
}

/** What a daemon does when it is called. */
export type Answer = (call: RawCall) => void | Promise<void>;

/** The calls that it received. */
export interface ReceivedCall {
  readonly path: string;
  readonly authorization: string | undefined;
}

/** A daemon that follows a script, right or wrong. */
export interface MisbehavingDaemon {
  /** The TCP port; 0 on a unix socket. */
  readonly port: number;
  readonly received: readonly ReceivedCall[];
  /** Cuts every connection below HTTP/2: over TCP with a reset. */
  cutConnections(): void;
  close(): Promise<void>;
}

/** Where it listens: a unix socket's path, or a host; without a port, on one of its own choice. */
export type Place = { readonly socket: string } | { readonly host: string; readonly port?: number };

export const backupPath = '/jaco.v1.Cluster/Backup';
export const statusPath = '/jaco.v1.Cluster/Status';
export const auditPath = '/jaco.v1.Audit/Query';

const unimplemented = 12;

/**
 * Serves raw HTTP/2, so that it can break every promise of gRPC: over TLS with `tls`, in plain without. Calls that
 * `answers` does not name end with UNIMPLEMENTED.
 */
export async function startMisbehavingDaemon(
  place: Place,
  answers: Readonly<Record<string, Answer>>,
  tls?: CertifiedKey,
): Promise<MisbehavingDaemon> {
  const received: ReceivedCall[] = [];
  const sessions = new Set<Http2Session>();
  const sockets = new Set<Socket>();
  const server = tls === undefined ? createServer() : createSecureServer({ cert: tls.certificate, key: tls.key });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session)).on('error', () => undefined);
  });
  server.on('sessionError', () => undefined);
  server.on('stream', (stream, headers) => {
    const path = String(headers[':path']);
    received.push({ path, authorization: headers['authorization'] });
    // A caller that breaks off is part of what is tested.
    stream.on('error', () => undefined);
    const answer = answers[path] ?? (({ end }) => end({ status: unimplemented, message: 'unknown method' }));
    Promise.resolve(answer(rawCall(stream))).catch((error: Error) => stream.destroy(error));
  });
  if ('socket' in place) server.listen(place.socket);
  else server.listen(place.port ?? 0, place.host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo | string | null;
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    received,
    cutConnections() {
      for (const socket of sockets) {
        if (socket.remoteFamily === undefined) socket.destroy();
        else socket.resetAndDestroy();
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
      }),
  };
}

function rawCall(stream: ServerHttp2Stream): RawCall {
  let headersSent = false;
  const respond = () => {
    if (headersSent || stream.destroyed) return;
    headersSent = true;
    stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' }, { waitForTrailers: true });
  };
  const send = async (message: Uint8Array) => {
    respond();
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(message.length, 1);
    if (stream.destroyed) throw new Error('the caller has gone');
    if (!stream.write(Buffer.concat([prefix, message]))) await drained(stream);
  };
  return {
    stream,
    send,
    sendChunk: (data) => send(Buffer.concat([Buffer.from([0x0a]), varint(data.length), data])),
    end({ status, message, details }) {
      respond();
      stream.on('wantTrailers', () =>
        stream.sendTrailers({
          'grpc-status': String(status),
          ...(message === undefined ? {} : { 'grpc-message': encodeURI(message) }),
          ...(details === undefined ? {} : { 'grpc-status-details-bin': Buffer.from(details).toString('base64') }),
        }),
      );
      stream.end();
    },
  };
}

/** Waits until more may be written, or until that will never be. */
function drained(stream: ServerHttp2Stream): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

/** The details of a daemon's typed error. */
export function typedDetails(code: string, message: string, type = 'type.googleapis.com/jaco.v1.Error'): Uint8Array {
  const value = messages.daemonError.encode({ code, message });
  return messages.rpcStatus.encode({ code: 2, message, details: [{ type_url: type, value }] });
}
