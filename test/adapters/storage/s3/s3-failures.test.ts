import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { createS3BackupStore } from '../../../../src/adapters/storage/s3/s3-backup-store.js';
import type { S3Refusal } from '../../../../src/adapters/storage/s3/s3-failure.js';
import { beginUpload, completeUpload } from '../../../../src/adapters/storage/s3/upload.js';
import { requireWritten } from '../../../../src/adapters/storage/s3/upload-check.js';
import { uploadParts } from '../../../../src/adapters/storage/s3/upload-parts.js';
import { JacoError } from '../../../../src/domain/errors.js';
import type { BackupStore } from '../../../../src/ports/backup-store.js';
import { collect, inChunksOf } from '../../../builders/byte-streams.js';
import { thrownBy } from '../../../builders/outcome.js';
import { noise } from '../../../builders/snapshot-bytes.js';
import { hurried, makeBucket, settingsFor } from './bucket.js';
import { befall, isCompletion, isPart, type Mishap, type PassingRequest } from './storage-proxy.js';
import { onVersitygw } from './versitygw-suite.js';

const never = new AbortController().signal;
/** Three parts, the last of them shorter. */
const archive = noise(11 * 1024 * 1024);
await onVersitygw('object storage in trouble', (test, stage) => {
  const { server } = stage;

  const write = (store: BackupStore = stage.bucket.store, key = 'c-2.tar.gz') =>
    store.write(stage.bucket.at(key), inChunksOf(300_000, archive), never);
  const befalls = (which: (request: PassingRequest) => boolean, mishap: Mishap, count?: number) =>
    befall(server.proxy, which, mishap, count);

  for (const number of [1, 2, 3]) {
    test(`a connection that breaks in part ${number} of 3 is made again`, async () => {
      befalls((request) => isPart(request, number), { kind: 'cut-request', afterBytes: 200_000 }, 2);
      await write();
      const opened = await stage.bucket.store.open(stage.bucket.at('c-2.tar.gz'), never);
      assert.ok((await collect(opened.read())).equals(archive));
    });
  }

  test('a connection that always breaks in part 7 of 9 ends the backup, which leaves nothing and spares the old object', async () => {
    await stage.bucket.put('c-2.tar.gz', Buffer.from('yesterday'));
    befalls((request) => isPart(request, 7), { kind: 'cut-request', afterBytes: 200_000 });
    const nineParts = noise(8 * hurried.partBytes + 1);
    const error = await thrownBy(
      stage.bucket.store.write(stage.bucket.at('c-2.tar.gz'), inChunksOf(300_000, nineParts), never),
    );
    assert.instance(error, JacoError);
    const { code, message } = error as JacoError;
    assert.is(code, 'connection_failed');
    assert.match(message, /the connection to 127\.0\.0\.1:[0-9]+ failed \(\w+\), 4 times in a row\.$/);
    assert.equal([await stage.bucket.get('c-2.tar.gz'), await stage.bucket.uploads()], ['yesterday', []]);
  });

  test('a server that falls silent counts as gone', async () => {
    stage.bucket = await makeBucket(server, { silenceMs: 100, attempts: 2 });
    befalls((request) => isPart(request, 1), { kind: 'delay', ms: 2_000 });
    assert.is(((await thrownBy(write())) as JacoError).code, 'connection_failed');
  });

  test('a server that falls silent in its answer to the completion counts as gone, and what it did is found out', async () => {
    stage.bucket = await makeBucket(server, { silenceMs: 300, attempts: 2 });
    befalls(isCompletion, { kind: 'stall-answer', afterBytes: 10 });
    await write();
    assert.equal([await stage.bucket.keys(), await stage.bucket.uploads()], [['c-2.tar.gz'], []]);
  });

  test('an object whose size the server does not say is not removed as a wrong one', async () => {
    befalls(({ method }) => method === 'HEAD', { kind: 'hide-headers', names: ['content-length'] });
    assert.match(((await thrownBy(write())) as JacoError).message, /\(no size of the object\)\.$/);
    assert.equal(await stage.bucket.keys(), ['c-2.tar.gz']);
  });

  test('an answer to the completion that was lost is found out', async () => {
    befalls(isCompletion, { kind: 'lose-answer' }, 1);
    await write();
    assert.equal([await stage.bucket.keys(), await stage.bucket.uploads()], [['c-2.tar.gz'], []]);
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

  test('a part that reaches the server after the abort does not stay there', async () => {
    befalls((request) => isPart(request, 2), { kind: 'halt-request', ms: 500 });
    async function* failingMidway() {
      yield* inChunksOf(300_000, archive.subarray(0, 2 * hurried.partBytes));
      // Until the server has the first half of the second part.
      await sleep(200);
      throw new Error('the leader is gone');
    }
    const failure = stage.bucket.store.write(stage.bucket.at('c-2.tar.gz'), failingMidway(), never);
    assert.match(String(await thrownBy(failure)), /the leader is gone/);
    const uploadId = /[?&]uploadId=([^&]+)/.exec(server.proxy.seen.at(-1) ?? '')?.[1] ?? '';
    const about = { bucket: stage.bucket.name, key: 'c-2.tar.gz', query: { uploadId } };
    const again = await thrownBy(stage.bucket.requests.ask({ method: 'DELETE', ...about }, never));
    assert.is((again as S3Refusal).code, 'NoSuchUpload');
  });

  test('a part that changes on the way is not taken', async () => {
    befalls((request) => isPart(request, 2), { kind: 'corrupt-request' });
    assert.is(((await thrownBy(write())) as JacoError).code, 'storage_failed');
    assert.equal([await stage.bucket.keys(), await stage.bucket.uploads()], [[], []]);
  });

  test('an upload is not read back if the MD5 of each part confirms it', async () => {
    befalls(({ method }) => method === 'PUT', { kind: 'hide-headers', names: ['x-amz-checksum-crc32'] });
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
      const { requests } = stage.bucket;
      const upload = await beginUpload(requests, stage.bucket.at('c'), 'ours', never);
      const sent = await uploadParts(requests, upload, inChunksOf(300_000, archive), never, () => undefined);
      await completeUpload(requests, upload, sent);
      let start = 0;
      const parts = sent.map((part) => {
        const unconfirmed = hash('sha256', archive.subarray(start, start + part.sizeBytes), 'buffer');
        unconfirmed[0] = (unconfirmed[0] as number) ^ change;
        start += part.sizeBytes;
        return { ...part, unconfirmed };
      });
      const checked = requireWritten(requests, upload, parts);
      if (code === undefined) await checked;
      else assert.is(((await thrownBy(checked)) as JacoError).code, code);
      assert.equal(await stage.bucket.keys(), code === undefined ? ['c'] : []);
    });
  }

  test('a server without checksums is spoken to without them', async () => {
    befalls(({ headers }) => 'x-amz-checksum-algorithm' in headers, {
      kind: 'answer',
      status: 400,
      body: '<Error><Code>InvalidArgument</Code></Error>',
    });
    await write();
    assert.equal(await stage.bucket.keys(), ['c-2.tar.gz']);
  });

  test('the upload of a killed backup of the same series is aborted by the next, and no other', async () => {
    for (const key of ['c-1.tar.gz', 'd-1.tar.gz']) {
      await stage.bucket.requests.ask(
        { method: 'POST', bucket: stage.bucket.name, key, query: { uploads: '' } },
        never,
      );
    }
    await write();
    assert.equal(await stage.bucket.uploads(), ['c-1.tar.gz', 'd-1.tar.gz'], 'it may still be written');
    const later = await createS3BackupStore(settingsFor(server), { ...hurried, abandonedAfterMs: -2_000 });
    await write(later as BackupStore);
    assert.equal(await stage.bucket.uploads(), ['d-1.tar.gz']);
  });

  test('a key that may not list uploads can still write', async () => {
    befalls(({ method, url }) => method === 'GET' && url.searchParams.has('uploads'), {
      kind: 'answer',
      status: 403,
      body: '<Error><Code>AccessDenied</Code></Error>',
    });
    await write();
    assert.equal(await stage.bucket.keys(), ['c-2.tar.gz']);
  });
});
