import { mkdirSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { backupPath, startMisbehavingDaemon } from '../adapters/grpc/misbehaving-daemon.js';
import { scratchFor, sharedScratchFor } from '../cli/scratch-directory.js';
import { restoreWords } from './interrupted-subject.js';
import { secretCluster } from './secret-cluster.js';
import { type Creation, watchCreations } from './watched-creations.js';

const test = suite('files that hold secrets');
const shared = sharedScratchFor(test);
const scratch = scratchFor(test);

const { archive } = await secretCluster(300_000);
const [input, socket] = [shared.path('cluster.tar.gz'), shared.path('jaco.sock')];
writeFileSync(input, archive);
const daemon = await startMisbehavingDaemon(
  { socket },
  {
    async [backupPath]({ sendChunk, end }) {
      await sendChunk(archive);
      end({ status: 0 });
    },
  },
);
test.after(() => daemon.close());

/** What others may access: certificates, their directory, and the socket, which is for the daemon's group. */
const isPublic = ({ path }: Creation) => /\/node$|\.crt(\.restoring)?$|\.sock$/.test(path);

/** Whether users other than the owner have any rights. */
const isOpen = ({ mode }: Creation) => (mode & 0o077) !== 0;

for (const [name, words, until, atLeast] of [
  ['backup', (root: string) => ['backup', '--socket', socket, '--output', `${root}/cluster.tar.gz`], undefined, 1],
  ['restore', (root: string) => restoreWords(input, `${root}/data`), undefined, 6],
  ['drill', (root: string) => ['drill', '--input', input, '--work-dir', root], undefined, 4],
  ['sandbox', (root: string) => ['sandbox', '--data-dir', `${root}/data`, '--listen', '127.0.0.1:0'], 'Ready.\n', 4],
] as const) {
  for (const umask of [0, 0o077]) {
    test(`are for their owner only from their creation, in a ${name} under the umask ${umask.toString(8)}`, async () => {
      const root = scratch.directory('root');
      mkdirSync(`${root}/data`, 0o700);
      const { creations: all, by } = await watchCreations(root, umask, words(root), until);
      // Every user who may write the directory may query a lock's socket, and no data passes through it.
      const creations = all.filter(({ path }) => !path.includes('/..jaco-lock-') && !path.includes('/.jaco-lock-'));
      const files = creations.filter(({ kind, path }) => kind === 'file' && path !== '/dev/null');
      const secret = files.filter((file) => !isPublic(file));
      assert.ok(secret.length >= atLeast, JSON.stringify(creations));
      assert.equal(
        creations.filter((made) => isOpen(made) && !isPublic(made)),
        [],
      );
      assert.equal(
        files.filter(({ path }) => !path.startsWith(root)),
        [],
      );
      console.log(`\nNOTE: secret files, watched by ${by}`);
    });
  }
}

test.run();
