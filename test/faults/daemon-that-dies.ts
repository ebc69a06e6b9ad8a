// A daemon in its own process, so that it can be killed in the middle of a stream: it sends half an archive and then
// ends itself as `kill -9` would. Its only argument is the path of its socket.
import { randomBytes } from 'node:crypto';
import { backupPath, startMisbehavingDaemon } from '../adapters/grpc/misbehaving-daemon.js';
import { goodArchive } from './source-side-trial.js';

const socket = process.argv[2];
if (socket === undefined) throw new Error('give the path of the socket');
const archive = await goodArchive(randomBytes(2 * 1024 * 1024));
await startMisbehavingDaemon(
  { socket },
  {
    async [backupPath]({ sendChunk }) {
      await sendChunk(archive.subarray(0, archive.length / 2));
      // Long enough for what was sent to arrive.
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50);
    },
  },
);
console.log('listening');
