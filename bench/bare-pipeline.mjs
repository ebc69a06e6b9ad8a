// What Node can do at the most: read, gunzip, write, fsync; no tar, no checksum of ours, no rules.
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

const [, , from = '', to = ''] = process.argv;
const chunkSize = 256 * 1024;
await pipeline(
  createReadStream(from, { highWaterMark: chunkSize }),
  createGunzip({ chunkSize }),
  createWriteStream(to, { highWaterMark: 4 * chunkSize }),
);
const file = await open(to, 'r+');
await file.sync();
await file.close();
