import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createS3BackupStore } from '../../../../src/adapters/storage/s3/s3-backup-store.js';
import type { JacoError } from '../../../../src/domain/errors.js';
import { collect, streamOf } from '../../../builders/byte-streams.js';
import { thrownBy } from '../../../builders/outcome.js';
import { noise } from '../../../builders/snapshot-bytes.js';
import { hurried, settingsFor } from './bucket.js';
import { onVersitygw } from './versitygw-suite.js';

const never = new AbortController().signal;
const archive = noise(11 * 1024 * 1024);

await onVersitygw('reading from object storage', (test, stage) => {
  const { server } = stage;

  test('an unknown access key is not reported as a missing object', async () => {
    const environment = { ...settingsFor(server).environment, AWS_ACCESS_KEY_ID: 'nobody' };
    const store = await createS3BackupStore(settingsFor(server, { environment }), hurried);
    assert.is(((await thrownBy(store.stat(stage.bucket.at('c'), never))) as JacoError).code, 'permission_denied');
  });

  test('a reading that breaks resumes where it broke', async () => {
    await stage.bucket.put('c-2.tar.gz', archive);
    let breaks = 3;
    server.proxy.judge = ({ method }) => {
      if (method !== 'GET' || breaks === 0) return undefined;
      breaks -= 1;
      return { kind: 'cut-answer', afterBytes: 3_000_000 };
    };
    const opened = await stage.bucket.store.open(stage.bucket.at('c-2.tar.gz'), never, { fingerprint: true });
    assert.ok((await collect(opened.read())).equals(archive));
  });

  test('a reading that always breaks ends', async () => {
    await stage.bucket.put('c', Buffer.from('whole'));
    server.proxy.judge = ({ method }) => (method === 'GET' ? { kind: 'cut-answer', afterBytes: 0 } : undefined);
    const opened = await stage.bucket.store.open(stage.bucket.at('c'), never);
    assert.is(((await thrownBy(collect(opened.read()))) as JacoError).code, 'archive_unreadable');
  });

  test('a listing of more than one page is read to its end, without what lies deeper or beside it', async () => {
    const names = Array.from({ length: 1005 }, (_, index) => `many/${String(index).padStart(4, '0')} +&é`);
    for (let start = 0; start < names.length; start += 8) {
      await Promise.all(names.slice(start, start + 8).map((name) => stage.bucket.put(name, Buffer.from('x'))));
    }
    for (const other of ['many/deeper/0000', 'many/0000/deeper', 'manyfold/0000', '0000']) {
      await stage.bucket.put(other, Buffer.from('x'));
    }
    const found = await stage.bucket.store.list(stage.bucket.at('many/0003 +&é'), never);
    assert.is(found.length, 1004);
    assert.equal(found[3]?.location, stage.bucket.at('many/0004 +&é'));
  });

  test('a listing that is cut off, and says not how it goes on, is not taken for a whole one', async () => {
    const body =
      '<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>c-1</Key><Size>1</Size></Contents></ListBucketResult>';
    server.proxy.judge = () => ({ kind: 'answer', status: 200, body });
    const error = (await thrownBy(stage.bucket.store.list(stage.bucket.at('c'), never))) as JacoError;
    assert.match(error.message, /\(the listing does not go on\)\.$/);
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
    await store.write(stage.bucket.at('c'), streamOf('whole'), never);
    assert.equal(await stage.bucket.keys(), ['c']);
    rmSync(home, { recursive: true });
  });
});
