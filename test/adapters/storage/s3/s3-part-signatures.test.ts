import * as assert from 'uvu/assert';
import { createObjectWriter } from '../../../../src/adapters/storage/s3/object-writer.js';
import { findEndpoint } from '../../../../src/adapters/storage/s3/s3-endpoint.js';
import { createS3Requests, type S3Requests } from '../../../../src/adapters/storage/s3/s3-requests.js';
import type { JacoError } from '../../../../src/domain/errors.js';
import { collect, inChunksOf } from '../../../builders/byte-streams.js';
import { thrownBy } from '../../../builders/outcome.js';
import { noise } from '../../../builders/snapshot-bytes.js';
import { hurried, settingsFor } from './bucket.js';
import { isPart, type Mishap, type PassingRequest } from './storage-proxy.js';
import { onVersitygw } from './versitygw-suite.js';

const never = new AbortController().signal;
/** Five parts, the last of them shorter. The third is sent when the server has answered to one before it. */
const archive = noise(4 * hurried.partBytes + 1);
const isUnsigned = ({ headers }: PassingRequest) => headers['x-amz-content-sha256'] === 'UNSIGNED-PAYLOAD';

await onVersitygw('the signatures of parts', (test, stage) => {
  const { server } = stage;

  async function requestsTo(isTamperProof: boolean): Promise<S3Requests> {
    const endpoint = await findEndpoint(settingsFor(server));
    return createS3Requests({ ...endpoint, isTamperProof }, hurried);
  }

  /** Writes the archive, and returns of each request for a part whether its bytes were left out of the signature. */
  async function write(
    isTamperProof: boolean,
    happening: (request: PassingRequest) => Mishap | undefined = () => undefined,
  ) {
    const sent: string[] = [];
    server.proxy.judge = (request) => {
      const part = request.url.searchParams.get('partNumber');
      if (part !== null) sent.push(`${part} ${isUnsigned(request) ? 'unsigned' : 'signed'}`);
      return happening(request);
    };
    const writer = createObjectWriter(await requestsTo(isTamperProof));
    await writer.write(stage.bucket.at('c'), inChunksOf(300_000, archive), never);
    const opened = await stage.bucket.store.open(stage.bucket.at('c'), never);
    assert.ok((await collect(opened.read())).equals(archive));
    // Two that are on their way at once may arrive in any order.
    return sent.sort((one, other) => one.localeCompare(other));
  }

  test('cover their bytes only until the server has confirmed a checksum, where nobody can change bytes on their way', async () => {
    const sent = await write(true);
    assert.equal([sent[0], sent.slice(2)], ['1 signed', ['3 unsigned', '4 unsigned', '5 unsigned']]);
  });

  test('cover the bytes of all parts on an unprotected connection', async () => {
    assert.equal(await write(false), ['1 signed', '2 signed', '3 signed', '4 signed', '5 signed']);
  });

  test('cover the bytes of all parts if the server does not confirm checksums', async () => {
    const sent = await write(true, ({ method }) =>
      method === 'PUT' ? { kind: 'hide-headers', names: ['x-amz-checksum-crc32'] } : undefined,
    );
    assert.equal(sent, ['1 signed', '2 signed', '3 signed', '4 signed', '5 signed']);
  });

  test('cover the bytes again for a server that refuses parts without', async () => {
    const sent = await write(true, (request) =>
      isUnsigned(request)
        ? { kind: 'answer', status: 403, body: '<Error><Code>AccessDenied</Code></Error>' }
        : undefined,
    );
    const refused = sent.filter((part) => part.endsWith('unsigned'));
    // Two parts are on their way at a time.
    assert.ok(refused.length === 1 || refused.length === 2, sent.join(', '));
    assert.is(sent.at(-1), '5 signed');
  });

  test('are not needed to find a part that changed on the way', async () => {
    let unsigned = 0;
    const failure = thrownBy(
      write(true, (request) => {
        if (!isPart(request, 4)) return undefined;
        if (isUnsigned(request)) unsigned += 1;
        return { kind: 'corrupt-request' };
      }),
    );
    assert.is(((await failure) as JacoError).code, 'storage_failed');
    assert.is(unsigned, 1);
    assert.equal([await stage.bucket.keys(), await stage.bucket.uploads()], [[], []]);
  });

  test('are known to be needed by the address of the server', async () => {
    for (const [endpoint, expected] of [
      ['https://objects.test', true],
      ['http://127.0.0.1:9000', true],
      ['http://[::1]:9000', true],
      ['http://localhost:9000', false],
      ['http://objects.test', false],
      ['http://10.0.0.7:9000', false],
    ] as const) {
      assert.is((await findEndpoint(settingsFor(server, { endpoint }))).isTamperProof, expected, endpoint);
    }
  });
});
