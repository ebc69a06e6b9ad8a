import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startUntil } from '../adapters/filesystem/child-process.js';
import { type Bucket, makeBucket } from '../adapters/storage/s3/bucket.js';
import { findVersitygw } from '../adapters/storage/s3/storage-programs.js';
import { type StorageServer, storageServers } from '../adapters/storage/s3/storage-servers.js';
import { jacoSucceeds, type RunningJaco, startJaco } from '../cli/jaco-process.js';
import { sharedScratchFor } from '../cli/scratch-directory.js';
import { until } from '../cli/waiting.js';
import { skipFile } from '../skipping.js';
import { secretCluster } from './secret-cluster.js';

const program = await findVersitygw();
if (program.kind === 'missing') skipFile(`backups to object storage that are killed: ${program.reason}`);
else await defineTests(program.path);

async function defineTests(path: string): Promise<void> {
  const test = suite('backups to object storage that are killed in part 7 of 9');
  const shared = sharedScratchFor(test);
  // Parts of 8 MiB, of bytes that gzip does not make fewer.
  const cluster = await secretCluster(70 * 1024 * 1024);
  let server: StorageServer;
  let bucket: Bucket;
  let socket: string;
  let daemon: Awaited<ReturnType<typeof startUntil>>;

  test.before(async () => {
    server = await (storageServers[0] as (typeof storageServers)[number]).start(path);
    const archive = shared.path('cluster.tar.gz');
    socket = shared.path('jaco.sock');
    writeFileSync(archive, cluster.archive);
    const daemonProgram = fileURLToPath(new URL('./archive-daemon.js', import.meta.url));
    daemon = await startUntil('listening', process.execPath, [daemonProgram, socket, archive]);
  });
  test.after(async () => {
    await daemon.kill();
  });
  test.before.each(async () => {
    server.proxy.judge = () => undefined;
    bucket = await makeBucket(server);
    server.proxy.seen.length = 0;
  });

  const backup = (key: string) => ['backup', '--socket', socket, '--output', `s3://${bucket.name}/${key}`];
  const circumstances = () => ({ environment: { HOME: shared.path('home'), ...server.environment } });
  /** A backup whose seventh part has been sent, and is not answered. */
  async function inPartSeven(key: string): Promise<RunningJaco> {
    server.proxy.judge = ({ url }) =>
      url.searchParams.get('partNumber') === '7' ? { kind: 'delay', ms: 60_000 } : undefined;
    const running = startJaco(backup(key), circumstances());
    await until(() => server.proxy.seen.some((line) => line.includes('partNumber=7')));
    return running;
  }
  /** Sets the times of a bucket's uploads back by two hours, as if the killed backup were as long ago. */
  function ageUploads(): void {
    const uploads = join(server.dataDirectory ?? '', bucket.name, '.sgwtmp');
    const then = Date.now() / 1000 - 7_200;
    const entries = readdirSync(uploads, { recursive: true, encoding: 'utf8' });
    // What is deepest comes first: nothing changes above it afterwards.
    for (const entry of entries.sort().reverse()) utimesSync(join(uploads, entry), then, then);
  }

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    test(`leave no object and no unfinished upload after ${signal}`, async () => {
      const running = await inPartSeven('c-1.tar.gz');
      assert.equal(await bucket.uploads(), ['c-1.tar.gz']);
      running.process.kill(signal);
      const end = await running.ended;
      assert.is(end.code, code);
      assert.match(end.stderr, /everything unfinished was removed/);
      assert.equal([await bucket.keys(), await bucket.uploads()], [[], []]);
    });
  }

  test('leave the old object after SIGKILL, and an upload that the first backup an hour later aborts', async () => {
    await bucket.put('c-0.tar.gz', Buffer.from('yesterday'));
    const running = await inPartSeven('c-0.tar.gz');
    running.process.kill('SIGKILL');
    assert.is((await running.ended).code, null);
    server.proxy.judge = () => undefined;
    assert.equal([await bucket.get('c-0.tar.gz'), await bucket.uploads()], ['yesterday', ['c-0.tar.gz']]);

    await jacoSucceeds(backup('c-1.tar.gz'), circumstances());
    assert.equal(await bucket.uploads(), ['c-0.tar.gz'], 'for all that is known, it is still being written');
    ageUploads();
    await jacoSucceeds(backup('c-2.tar.gz'), circumstances());
    assert.equal(await bucket.uploads(), []);
    assert.equal(await bucket.keys(), ['c-0.tar.gz', 'c-1.tar.gz', 'c-2.tar.gz']);
    assert.is(await bucket.get('c-0.tar.gz'), 'yesterday');
  });

  test.run();
}
