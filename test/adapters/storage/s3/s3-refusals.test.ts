import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { createS3BackupStore } from '../../../../src/adapters/storage/s3/s3-backup-store.js';
import type { S3Settings } from '../../../../src/adapters/storage/s3/s3-settings.js';
import { JacoError } from '../../../../src/domain/errors.js';
import type { BackupStore } from '../../../../src/ports/backup-store.js';
import { inChunksOf, streamOf } from '../../../builders/byte-streams.js';
import { thrownBy } from '../../../builders/outcome.js';
import { noise } from '../../../builders/snapshot-bytes.js';
import { hurried, settingsFor } from './bucket.js';
import { befall, isCompletion, isPart, type Mishap, type PassingRequest } from './storage-proxy.js';
import { onVersitygw } from './versitygw-suite.js';

const never = new AbortController().signal;
/** Three parts, the last of them shorter. */
const archive = noise(11 * 1024 * 1024);
await onVersitygw('object storage that refuses', (test, stage) => {
  const { server } = stage;

  const write = (store: BackupStore = stage.bucket.store, key = 'c-2.tar.gz') =>
    store.write(stage.bucket.at(key), inChunksOf(300_000, archive), never);
  /** The sentence in which a backup fails that is told of the server as `change` says; nothing may be left of it. */
  async function refusal(change: Partial<S3Settings> = {}, at = stage.bucket.at('c-2.tar.gz')): Promise<JacoError> {
    const store = (await createS3BackupStore(settingsFor(server, change), hurried)) as BackupStore;
    const error = await thrownBy(store.write(at, streamOf('whole'), never));
    assert.instance(error, JacoError);
    server.proxy.judge = () => undefined;
    assert.equal([await stage.bucket.keys(), await stage.bucket.uploads()], [[], []]);
    return error as JacoError;
  }
  const withKeys = (change: Record<string, string>): Partial<S3Settings> => ({
    environment: { ...settingsFor(server).environment, ...change },
  });
  const befalls = (which: (request: PassingRequest) => boolean, mishap: Mishap, count?: number) =>
    befall(server.proxy, which, mishap, count);

  test('an unknown access key is said to be one', async () => {
    const { code, message } = await refusal(withKeys({ AWS_ACCESS_KEY_ID: 'nobody' }));
    assert.is(code, 'permission_denied');
    assert.match(message, /does not know the access key\.$/);
  });

  test('a wrong secret key is said to be one, and is not shown', async () => {
    const { code, message } = await refusal(withKeys({ AWS_SECRET_ACCESS_KEY: 'guessed' }));
    assert.is(code, 'permission_denied');
    assert.match(message, /the secret key does not belong to the access key\.$/);
    assert.not.match(message, /guessed/);
  });

  test('a bucket that is not there is named', async () => {
    const { code, message } = await refusal({}, { ...stage.bucket.at('c'), bucket: 'not-there' });
    assert.is(code, 'storage_failed');
    assert.match(message, /has no bucket not-there\.$/);
  });

  test('a name that the server cannot store is refused with its word, and without the advice to wait', async () => {
    const below = stage.bucket.at('c-1.tar.gz/c-2.tar.gz');
    await write(stage.bucket.store, 'c-1.tar.gz');
    const error = (await thrownBy(stage.bucket.store.write(below, streamOf('whole'), never))) as JacoError;
    assert.match(error.message, /answered 409 \(ObjectParentIsFile: .*\)\.$/);
    assert.match(JSON.stringify(error.remedies), /use another name/);
    assert.equal([await stage.bucket.keys(), await stage.bucket.uploads()], [['c-1.tar.gz'], []]);
  });

  test('credentials that are nowhere are asked for', async () => {
    const { code } = await refusal(withKeys({ AWS_ACCESS_KEY_ID: '' }));
    assert.is(code, 'credentials_missing');
  });

  test('a name that no object or bucket can have is refused before anything is asked', async () => {
    for (const at of [stage.bucket.at('a/../b'), stage.bucket.at(''), { ...stage.bucket.at('c'), bucket: 'a b' }]) {
      assert.is((await refusal({}, at)).code, 'request_invalid');
    }
  });

  test('a wrong clock is reported with the difference', async () => {
    befalls(() => true, {
      kind: 'answer',
      status: 403,
      body: '<Error><Code>RequestTimeTooSkewed</Code></Error>',
      headers: { date: new Date(Date.now() + 3_600_000).toUTCString() },
    });
    assert.match((await refusal()).message, /the clock of this host is 60 minutes behind the server's\.$/);
  });

  test('a clock that really is an hour ahead is reported by what the server says', async () => {
    const { Date: actual } = globalThis;
    const ahead = () => actual.now() + 3_600_000;
    globalThis.Date = class extends actual {
      constructor(...given: []) {
        super(...(given.length === 0 ? ([ahead()] as unknown as []) : given));
      }
      static override now = ahead;
    } as DateConstructor;
    const store = (await createS3BackupStore(settingsFor(server), hurried)) as BackupStore;
    const error = await thrownBy(write(store)).finally(() => {
      globalThis.Date = actual;
    });
    assert.match((error as JacoError).message, /the clock of this host is 60 minutes ahead of the server's\.$/);
  });

  test('a region that the server does not have is reported with the right one', async () => {
    const { message, remedies } = await refusal({ region: 'eu-north-1' });
    assert.match(message, /is in the region us-east-1, and eu-north-1 was asked\.$/);
    assert.equal(remedies, [{ kind: 'give-parameter', parameter: 's3Region', example: 'us-east-1' }]);
  });

  test('a redirect is reported, and nothing is sent where it points', async () => {
    befalls(() => true, {
      kind: 'answer',
      status: 307,
      headers: { location: `${server.proxy.url}/elsewhere` },
    });
    const { message, remedies } = await refusal();
    assert.match(message, /says that the bucket is at another address\.$/);
    assert.equal(remedies, [{ kind: 'give-parameter', parameter: 's3Endpoint' }]);
    assert.not.ok(server.proxy.seen.some((line) => line.includes('elsewhere')));
  });

  test('a bucket in another region is reported with the right region', async () => {
    const headers = { 'x-amz-bucket-region': 'eu-north-1', location: 'http://127.0.0.1:1/' };
    befalls(() => true, {
      kind: 'answer',
      status: 301,
      body: '<Error><Code>PermanentRedirect</Code></Error>',
      headers,
    });
    const { message, remedies } = await refusal();
    assert.match(message, /is in the region eu-north-1, and us-east-1 was asked\.$/);
    assert.equal(remedies, [{ kind: 'give-parameter', parameter: 's3Region', example: 'eu-north-1' }]);
  });

  test('throttling that passes is waited for', async () => {
    befalls((request) => isPart(request, 1) || isCompletion(request), { kind: 'answer', status: 503 }, 3);
    await write();
    assert.equal(await stage.bucket.keys(), ['c-2.tar.gz']);
  });

  test('the pause that a throttling server asks for is kept, and an interruption ends it', async () => {
    befalls((request) => isPart(request, 1), { kind: 'answer', status: 429, headers: { 'retry-after': '20' } });
    const stop = new AbortController();
    const writing = thrownBy(
      stage.bucket.store.write(stage.bucket.at('c-2.tar.gz'), inChunksOf(300_000, archive), stop.signal),
    );
    const attempts = () => server.proxy.seen.filter((line) => line.includes('partNumber=1&')).length;
    while (attempts() === 0) await sleep(5);
    // Without that header the next attempts would come after 1, 2 and 4 milliseconds.
    await sleep(200);
    stop.abort();
    assert.is(((await writing) as JacoError).code, 'interrupted');
    assert.is(attempts(), 1);
    assert.equal([await stage.bucket.keys(), await stage.bucket.uploads()], [[], []]);
  });

  test('permanent throttling is reported with the number of attempts', async () => {
    befalls(({ method }) => method === 'PUT', {
      kind: 'answer',
      status: 503,
      body: '<Error><Code>SlowDown</Code></Error>',
    });
    const { code, message } = await refusal();
    assert.is(code, 'storage_failed');
    assert.match(message, /answered 503 \(SlowDown\), 4 times in a row\.$/);
  });
});
