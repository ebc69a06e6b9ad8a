// Starts and stops versitygw, a server of object storage that others wrote, on loopback and with its objects on the same
// disk as the files of the benchmarks.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clear, workDirectory } from './runs.mjs';

// Compiled with the tests; not there before they are, which is why it is not imported by a plain name.
const { findVersitygw } = await import(
  new URL('../build/test/adapters/storage/s3/storage-programs.js', import.meta.url).href
);

const bucket = 'bench';
const keys = { AWS_ACCESS_KEY_ID: 'jaco-bench', AWS_SECRET_ACCESS_KEY: 'a secret of the benchmark' };

/** Serves an empty bucket until it is stopped; fails where versitygw cannot be had. */
export async function serveObjects() {
  const program = await findVersitygw();
  if (program.kind === 'missing') throw new Error(`no object storage to measure with: ${program.reason}`);
  const directory = join(workDirectory, 'objects');
  clear(directory);
  mkdirSync(join(directory, bucket), { recursive: true });
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    join(program.path, 'versitygw'),
    ['--port', address, '--quiet', '--keep-alive', 'posix', directory],
    {
      stdio: 'ignore',
      env: {
        ROOT_ACCESS_KEY: keys.AWS_ACCESS_KEY_ID,
        ROOT_SECRET_KEY: keys.AWS_SECRET_ACCESS_KEY,
        HOME: workDirectory,
      },
    },
  );
  await untilItAnswers(address);
  return {
    /** The word for an object, as `--output` and `--input` take it. @param {string} key */
    word: (key) => `s3://${bucket}/${key}`,
    environment: { ...keys, AWS_ENDPOINT_URL_S3: `http://${address}`, AWS_EC2_METADATA_DISABLED: 'true' },
    /** Removes an object. @param {string} key */
    remove: (key) => clear(join(directory, bucket, key)),
    stop() {
      child.kill();
      clear(directory);
    },
  };
}

/** versitygw does not say which port it took: so it is told one. @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/** @param {string} address */
async function untilItAnswers(address) {
  const [host = '', port = ''] = address.split(':');
  for (let tries = 0; tries < 300; tries++) {
    const connected = await new Promise((resolve) => {
      const connection = createConnection(Number(port), host, () => resolve(true));
      connection.on('connect', () => connection.destroy());
      connection.on('error', () => resolve(false));
    });
    if (connected) return;
    await sleep(100);
  }
  throw new Error('versitygw does not come up');
}
