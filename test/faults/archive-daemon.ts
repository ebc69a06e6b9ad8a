// A daemon in its own process that sends a file as the archive, repeatedly. Its arguments are the path of its
// socket, the path of the file, and how many milliseconds it waits after each chunk (0 unless given).
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { backupPath, startMisbehavingDaemon } from '../adapters/grpc/misbehaving-daemon.js';

/** What today's daemon sends at a time. */
const chunkBytes = 64 * 1024;

const [socket, path, pauseMs = '0'] = process.argv.slice(2);
if (socket === undefined || path === undefined) throw new Error('give the path of the socket and that of the archive');
const archive = readFileSync(path);
await startMisbehavingDaemon(
  { socket },
  {
    async [backupPath]({ sendChunk, end }) {
      for (let start = 0; start < archive.length; start += chunkBytes) {
        await sendChunk(archive.subarray(start, start + chunkBytes));
        if (pauseMs !== '0') await wait(Number(pauseMs));
      }
      end({ status: 0 });
    },
  },
);
console.log('listening');
