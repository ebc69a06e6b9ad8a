import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createS3BackupStore } from '../../../../src/adapters/storage/s3/s3-backup-store.js';
import { beginUpload, completeUpload } from '../../../../src/adapters/storage/s3/upload.js';
import { requireWritten } from '../../../../src/adapters/storage/s3/upload-check.js';
import { uploadParts } from '../../../../src/adapters/storage/s3/upload-parts.js';
import { JacoError } from '../../../../src/domain/errors.js';
import type { BackupStore } from '../../../../src/ports/backup-store.js';
import { collect, inChunksOf } from '../../../builders/byte-streams.js';
import { thrownBy } from '../../../builders/outcome.js';
import { noise } from '../../../builders/snapshot-bytes.js';
import { skipFile } from '../../../skipping.js';
import { type Bucket, hurried, makeBucket, settingsFor } from './bucket.js';
import { findVersitygw } from './storage-programs.js';
import { befall, isCompletion, isPart, type Mishap, type PassingRequest } from './storage-proxy.js';
import { type StorageServer, storageServers } from './storage-servers.js';

const never = new AbortController().signal;
/** Three parts, the last of them shorter. */
const archive = noise(11 * 1024 * 1024);
const program = await findVersitygw();
if (program.kind === 'missing') skipFile(`object storage in trouble: ${program.reason}`);
else await defineTests(program.path);

async function defineTests(path: string): Promise<void> {
  const test = suite('object storage in trouble');
  const kind = storageServers[0] as (typeof storageServers)[number];
  const server: StorageServer = await kind.start(path);
  let bucket: Bucket;

  test.before.each(async () => {
    server.proxy.judge = () => undefined;
    bucket = await makeBucket(server);
    server.proxy.seen.length = 0;
  });

  const write = (store: BackupStore = bucket.store, key = 'c-2.tar.gz') =>
    store.write(bucket.at(key), inChunksOf(300_000, archive), never);
  const befalls = (which: (request: PassingRequest) => boolean, mishap: Mishap, count?: number) =>
    befall(server.proxy, which, mishap, count);

  for (const number of [1, 2, 3]) {
    test(`a connection that breaks in part ${number} of 3 is made again`, async () => {
      befalls((request) => isPart(request, number), { kind: 'cut-request', afterBytes: 200_000 }, 2);
      await write();
      const opened = await bucket.store.open(bucket.at('c-2.tar.gz'), never);
      assert.ok((await collect(opened.read())).equals(archive));
    });
  }

  test('a connection that always breaks in part 7 of 9 ends the backup, which leaves nothing and spares the old object', async () => {
    await bucket.put('c-2.tar.gz', Buffer.from('yesterday'));
    befalls((request) => isPart(request, 7), { kind: 'cut-request', afterBytes: 200_000 });
    const nineParts = noise(8 * hurried.partBytes + 1);
    const error = await thrownBy(bucket.store.write(bucket.at('c-2.tar.gz'), inChunksOf(300_000, nineParts), never));
    assert.instance(error, JacoError);
    const { code, message } = error as JacoError;
    assert.is(code, 'connection_failed');
    assert.match(message, /the connection to 127\.0\.0\.1:[0-9]+ failed \(\w+\), 4 times in a row\.$/);
    assert.equal([await bucket.get('c-2.tar.gz'), await bucket.uploads()], ['yesterday', []]);
  });

  test('a server that falls silent counts as gone', async () => {
    bucket = await makeBucket(server, { silenceMs: 100, attempts: 2 });
    befalls((request) => isPart(request, 1), { kind: 'delay', ms: 2_000 });
    assert.is(((await thrownBy(write())) as JacoError).code, 'connection_failed');
  });

  test('an answer to the completion that was lost is found out', async () => {
    befalls(isCompletion, { kind: 'lose-answer' }, 1);
    await write();
    assert.equal([await bucket.keys(), await bucket.uploads()], [['c-2.tar.gz'], []]);
  });

  test('an upload that cannot be aborted is named as left behind', async () => {
    befalls(({ method, url }) => method === 'DELETE' || url.searchParams.has('partNumber'), {
      kind: 'answer',
      status: 503,
    });
    const { leftBehind } = (await thrownBy(write())) as JacoError;
    assert.equal(leftBehind.length, 1);
    assert.match(leftBehind[0]?.path ?? '', /^s3:\/\/.*\/c-2\.tar\.gz \(unfinished upload .+\)$/);
  });

  test('a part that changes on the way is not taken', async () => {
    befalls((request) => isPart(request, 2), { kind: 'corrupt-request' });
    assert.is(((await thrownBy(write())) as JacoError).code, 'storage_failed');
    assert.equal([await bucket.keys(), await bucket.uploads()], [[], []]);
  });

  test('an upload is not read back if the MD5 of each part confirms it', async () => {
    befalls(({ method }) => method === 'PUT', { kind: 'hide-headers', names: ['x-amz-checksum-sha256'] });
    await write();
    assert.equal(
      server.proxy.seen.filter((line) => /^GET .*c-2/.test(line)),
      [],
    );
  });

  for (const [what, change, code] of [
    ['as it was sent', 0, undefined],
    ['not as it was sent, and is removed', 1, 'storage_failed'],
  ] as const) {
    test(`an upload whose parts the server does not confirm is read back: it is ${what}`, async () => {
      const { requests } = bucket;
      const upload = await beginUpload(requests, bucket.at('c'), 'ours', never);
      const sent = await uploadParts(requests, upload, inChunksOf(300_000, archive), never);
      await completeUpload(requests, upload, sent);
      const parts = sent.map((part) => {
        const sha256 = Uint8Array.from(part.sha256);
        sha256[0] = (sha256[0] as number) ^ change;
        return { ...part, sha256, confirmed: false };
      });
      const checked = requireWritten(requests, upload, parts);
      if (code === undefined) await checked;
      else assert.is(((await thrownBy(checked)) as JacoError).code, code);
      assert.equal(await bucket.keys(), code === undefined ? ['c'] : []);
    });
  }

  test('a server without checksums is spoken to without them', async () => {
    befalls(({ headers }) => 'x-amz-checksum-algorithm' in headers, {
      kind: 'answer',
      status: 400,
      body: '<Error><Code>InvalidArgument</Code></Error>',
    });
    await write();
    assert.equal(await bucket.keys(), ['c-2.tar.gz']);
  });

  test('the upload of a killed backup of the same series is aborted by the next, and no other', async () => {
    for (const key of ['c-1.tar.gz', 'd-1.tar.gz']) {
      await bucket.requests.ask({ method: 'POST', bucket: bucket.name, key, query: { uploads: '' } }, never);
    }
    await write();
    assert.equal(await bucket.uploads(), ['c-1.tar.gz', 'd-1.tar.gz'], 'it may still be written');
    const later = await createS3BackupStore(settingsFor(server), { ...hurried, abandonedAfterMs: -2_000 });
    await write(later as BackupStore);
    assert.equal(await bucket.uploads(), ['d-1.tar.gz']);
  });

  test('a key that may not list uploads can still write', async () => {
    befalls(({ method, url }) => method === 'GET' && url.searchParams.has('uploads'), {
      kind: 'answer',
      status: 403,
      body: '<Error><Code>AccessDenied</Code></Error>',
    });
    await write();
    assert.equal(await bucket.keys(), ['c-2.tar.gz']);
  });

  test.run();
}
