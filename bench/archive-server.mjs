// A daemon that has its backup ready in a file. What is measured is the client: so this speaks HTTP/2 by hand and takes
// as little of the processor as it can, where grpc-js would take as much as the client itself.

import { once } from 'node:events';
import { createReadStream, readFileSync } from 'node:fs';
import { createSecureServer, createServer } from 'node:http2';
import { pipeline } from 'node:stream/promises';

const [, , archive = '', address = '', certificate, key] = process.argv;
/** As much as today's daemon sends at a time, in bytes. */
const chunkBytes = 64 * 1024;

/** The chunks in `bytes` as gRPC messages `BackupChunk { bytes data = 1 }`. @param {Buffer} bytes */
function messagesOf(bytes) {
  const parts = [];
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    const data = bytes.subarray(start, start + chunkBytes);
    // The field's tag and its length, a varint that is kept at three bytes.
    const field = [0x0a, (data.length & 127) | 128, ((data.length >> 7) & 127) | 128, data.length >> 14];
    const frame = Buffer.alloc(5);
    frame.writeUInt32BE(field.length + data.length, 1);
    parts.push(frame, Buffer.from(field), data);
  }
  return Buffer.concat(parts);
}

/** @param {import('node:http2').ServerHttp2Stream} stream */
async function backup(stream) {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  const messages = async function* (/** @type {AsyncIterable<Buffer>} */ source) {
    for await (const bytes of source) yield messagesOf(bytes);
  };
  // A client that has gone is no concern of this one.
  await pipeline(createReadStream(archive, { highWaterMark: 16 * chunkBytes }), messages, stream).catch(
    () => undefined,
  );
}

const server =
  certificate === undefined || key === undefined
    ? createServer()
    : createSecureServer({ cert: readFileSync(certificate), key: readFileSync(key), allowHTTP1: false });
server.on('stream', (stream) => void backup(stream));
const [host = '', port = ''] = address.split(':');
if (host === 'unix') server.listen(port);
else server.listen(Number(port), host);
await once(server, 'listening');
const listening = server.address();
console.log(`ready ${typeof listening === 'object' ? listening?.port : ''}`);
