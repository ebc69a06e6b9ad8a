// A daemon that has its backup ready in a file: what is measured is the client, not the making of the archive.

import { once } from 'node:events';
import { createReadStream, readFileSync } from 'node:fs';
import { Server, ServerCredentials } from '@grpc/grpc-js';

// Compiled with the tests; not there before they are, which is why it is not imported by a plain name.
const { services } = await import(new URL('../build/src/adapters/contract/contract.js', import.meta.url).href);

const [, , archive = '', address = '', certificate, key] = process.argv;
const chunkBytes = 64 * 1024;

/** @param {import('@grpc/grpc-js').ServerWritableStream<unknown, unknown>} call */
async function backup(call) {
  for await (const bytes of createReadStream(archive, { highWaterMark: 4 * chunkBytes })) {
    for (let start = 0; start < bytes.length; start += chunkBytes) {
      if (!call.write({ data: bytes.subarray(start, start + chunkBytes) })) await once(call, 'drain');
    }
  }
  call.end();
}

const server = new Server();
server.addService(services.cluster, { Backup: backup, Status: () => undefined });
const credentials =
  certificate === undefined || key === undefined
    ? ServerCredentials.createInsecure()
    : ServerCredentials.createSsl(
        null,
        [{ cert_chain: readFileSync(certificate), private_key: readFileSync(key) }],
        false,
      );
server.bindAsync(address, credentials, (error, port) => {
  if (error !== null) throw error;
  console.log(`ready ${port}`);
});
