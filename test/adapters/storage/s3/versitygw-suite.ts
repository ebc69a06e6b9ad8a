import { suite, type Test } from 'uvu';
import { skipFile } from '../../../skipping.js';
import { type Bucket, makeBucket } from './bucket.js';
import { findVersitygw } from './storage-programs.js';
import { type StorageServer, storageServers } from './storage-servers.js';

/** Where the tests of a suite run: a server behind its proxy, and a bucket of its own for each test. */
export interface StorageStage {
  readonly server: StorageServer;
  /** That of the running test, which may take another one. */
  bucket: Bucket;
}

/** Runs a suite against versitygw; without that program it says so, and runs nothing. */
export async function onVersitygw(
  name: string,
  define: (test: Test, stage: StorageStage) => void | Promise<void>,
): Promise<void> {
  const program = await findVersitygw();
  if (program.kind === 'missing') return skipFile(`${name}: ${program.reason}`);
  const test = suite(name);
  const kind = storageServers[0] as (typeof storageServers)[number];
  const server = await kind.start(program.path);
  const stage: StorageStage = { server, bucket: await makeBucket(server) };
  test.before.each(async () => {
    server.proxy.judge = () => undefined;
    stage.bucket = await makeBucket(server);
    server.proxy.seen.length = 0;
  });
  await define(test, stage);
  test.run();
}
