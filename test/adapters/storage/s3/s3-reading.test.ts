import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createS3BackupStore } from '../../../../src/adapters/storage/s3/s3-backup-store.js';
import type { JacoError } from '../../../../src/domain/errors.js';
import { collect, streamOf } from '../../../builders/byte-streams.js';
import { thrownBy } from '../../../builders/outcome.js';
import { noise } from '../../../builders/snapshot-bytes.js';
import { skipFile } from '../../../skipping.js';
import { type Bucket, hurried, makeBucket, settingsFor } from './bucket.js';
import { findVersitygw } from './storage-programs.js';
import { type StorageServer, storageServers } from './storage-servers.js';

const never = new AbortController().signal;
const archive = noise(11 * 1024 * 1024);

const program = await findVersitygw();
if (program.kind === 'missing') skipFile(`reading from object storage: ${program.reason}`);
else await defineTests(program.path);

async function defineTests(path: string): Promise<void> {
  const test = suite('reading from object storage');
  const kind = storageServers[0] as (typeof storageServers)[number];
  const server: StorageServer = await kind.start(path);
  let bucket: Bucket;

  test.before.each(async () => {
    server.proxy.judge = () => undefined;
    bucket = await makeBucket(server);
  });

  test('an unknown access key is not reported as a missing object', async () => {
    const environment = { ...settingsFor(server).environment, AWS_ACCESS_KEY_ID: 'nobody' };
    const store = await createS3BackupStore(settingsFor(server, { environment }), hurried);
    assert.is(((await thrownBy(store.stat(bucket.at('c'), never))) as JacoError).code, 'permission_denied');
  });

  test('a reading that breaks resumes where it broke', async () => {
    await bucket.put('c-2.tar.gz', archive);
    let breaks = 3;
    server.proxy.judge = ({ method }) => {
      if (method !== 'GET' || breaks === 0) return undefined;
      breaks -= 1;
      return { kind: 'cut-answer', afterBytes: 3_000_000 };
    };
    const opened = await bucket.store.open(bucket.at('c-2.tar.gz'), never, { fingerprint: true });
    assert.ok((await collect(opened.read())).equals(archive));
  });

  test('a reading that always breaks ends', async () => {
    await bucket.put('c', Buffer.from('whole'));
    server.proxy.judge = ({ method }) => (method === 'GET' ? { kind: 'cut-answer', afterBytes: 0 } : undefined);
    const opened = await bucket.store.open(bucket.at('c'), never);
    assert.is(((await thrownBy(collect(opened.read()))) as JacoError).code, 'archive_unreadable');
  });

  test('a listing of more than one page is read to its end, without what lies deeper or beside it', async () => {
    const names = Array.from({ length: 1005 }, (_, index) => `many/${String(index).padStart(4, '0')} +&é`);
    for (let start = 0; start < names.length; start += 8) {
      await Promise.all(names.slice(start, start + 8).map((name) => bucket.put(name, Buffer.from('x'))));
    }
    for (const other of ['many/deeper/0000', 'many/0000/deeper', 'manyfold/0000', '0000']) {
      await bucket.put(other, Buffer.from('x'));
    }
    const found = await bucket.store.list(bucket.at('many/0003 +&é'), never);
    assert.is(found.length, 1004);
    assert.equal(found[3]?.location, bucket.at('many/0004 +&é'));
  });

  test('keys may lie in the shared files, for the profile that is named', async () => {
    const home = mkdtempSync(join(tmpdir(), 'jaco-test-'));
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL_S3 } = server.environment;
    mkdirSync(join(home, '.aws'));
    writeFileSync(join(home, '.aws/credentials'), '[default]\naws_access_key_id = nobody\naws_secret_access_key = x\n');
    writeFileSync(
      join(home, '.aws/config'),
      `[profile vault]\naws_access_key_id=${AWS_ACCESS_KEY_ID}\naws_secret_access_key = ${AWS_SECRET_ACCESS_KEY} \nendpoint_url = ${AWS_ENDPOINT_URL_S3}\n`,
    );
    const environment = { HOME: home, AWS_PROFILE: 'vault' };
    const store = await createS3BackupStore(settingsFor(server, { environment }), hurried);
    await store.write(bucket.at('c'), streamOf('whole'), never);
    assert.equal(await bucket.keys(), ['c']);
    rmSync(home, { recursive: true });
  });

  test.run();
}
