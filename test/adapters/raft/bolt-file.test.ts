import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { type BoltFile, openBoltFile } from '../../../src/adapters/raft/bolt-reader.js';
import { encodeBoltFile } from '../../../src/adapters/raft/bolt-writer.js';
import { withTemporaryDirectory } from '../filesystem/temporary-directory.js';
import { contentOf, expectedContent, fileSystemOf, numberKey, saveImage } from './bolt-images.js';

const manyPairs = (count: number, valueBytes: (position: number) => number) =>
  Array.from({ length: count }, (_, position) => ({
    key: numberKey(position * 2),
    value: Buffer.alloc(valueBytes(position), position),
  }));

const opened = (pairs: ReturnType<typeof manyPairs>): Promise<BoltFile> =>
  openBoltFile(fileSystemOf(encodeBoltFile([{ name: 'logs', pairs }])), 'log.db');

test('is read back as it was written', () => {
  const pair = fc.record({
    key: fc.uint8Array({ minLength: 1, maxLength: 40 }),
    value: fc.oneof(
      { weight: 9, arbitrary: fc.uint8Array({ maxLength: 60 }) },
      { weight: 1, arbitrary: fc.nat(9000).map((size) => new Uint8Array(size).fill(size)) },
    ),
  });
  const bucket = fc.record({
    name: fc.string({ minLength: 1, maxLength: 12 }),
    pairs: fc.uniqueArray(pair, { maxLength: 150, selector: ({ key }) => Buffer.from(key).toString('hex') }),
  });
  return fc.assert(
    fc.asyncProperty(fc.uniqueArray(bucket, { maxLength: 6, selector: ({ name }) => name }), async (buckets) => {
      const read = await contentOf(
        encodeBoltFile(buckets),
        buckets.map(({ name }) => name),
      );
      assert.equal(read, expectedContent(buckets));
    }),
    { numRuns: 150 },
  );
});

for (const [title, count, size] of [
  ['no pairs', 0, () => 0],
  ['as many as lie inline', 20, () => 25],
  ['one more than lies inline', 21, () => 25],
  ['a tree of three levels', 40_000, () => 8],
  ['values around the size of a page', 40, (position: number) => 4_030 + position],
  ['values of many pages between small ones', 300, (position: number) => (position % 50 === 0 ? 300_000 : 10)],
] as const) {
  test(`finds first, last and every key with ${title}`, async () => {
    const pairs = manyPairs(count, size);
    const file = await opened(pairs);
    assert.equal(await file.firstKey('logs'), pairs[0]?.key && new Uint8Array(pairs[0].key));
    assert.equal(await file.lastKey('logs'), pairs.at(-1)?.key && new Uint8Array(pairs.at(-1)?.key ?? []));
    let position = 0;
    for await (const { key, value } of file.pairs('logs')) {
      const expected = pairs[position];
      assert.is(Buffer.compare(key, expected?.key ?? Buffer.alloc(0)), 0);
      assert.is(Buffer.compare(value, expected?.value ?? Buffer.alloc(0)), 0);
      position += 1;
    }
    assert.is(position, count);
  });
}

test('gets the value of a key, and nothing for a key between, before or after them', async () => {
  const file = await opened(manyPairs(5_000, () => 20));
  for (const number of [0, 2, 4_444, 9_998]) {
    assert.is((await file.get('logs', numberKey(number)))?.[0], (number / 2) % 256);
  }
  for (const number of [1, 4_445, 9_999, 10_000]) assert.is(await file.get('logs', numberKey(number)), undefined);
  assert.is(await file.get('logs', Buffer.from('')), undefined);
});

test('starts in the middle, on a key or between two', async () => {
  const file = await opened(manyPairs(5_000, () => 20));
  for (const [from, first] of [
    [0, 0],
    [4_444, 4_444],
    [4_445, 4_446],
    [9_998, 9_998],
  ] as const) {
    for await (const { key } of file.pairs('logs', numberKey(from))) {
      assert.is(Buffer.from(key).readBigUInt64BE(), BigInt(first));
      break;
    }
  }
  for await (const _ of file.pairs('logs', numberKey(10_000))) assert.unreachable();
});

test('reads a bucket that is not there as an empty one', async () => {
  const file = await opened([]);
  assert.is(await file.get('conf', numberKey(1)), undefined);
  assert.is(await file.firstKey('conf'), undefined);
  for await (const _ of file.pairs('conf')) assert.unreachable();
});

test('reads from a real file, which it closes once', () =>
  withTemporaryDirectory(async (directory) => {
    const pairs = manyPairs(1_000, () => 100);
    const path = await saveImage(directory, encodeBoltFile([{ name: 'logs', pairs }]));
    const file = await openBoltFile(createNodeFileSystem(), path);
    assert.is((await file.get('logs', numberKey(998)))?.length, 100);
    await file.close();
    await file.close();
  }));

/**
 * What bbolt v1.4.3 itself wrote with pages of 1024 bytes, deflated: logs with keys 1 to 60, each with as many zero bytes
 * as its number but 30 with 3000, and conf with CurrentTerm 7.
 */
const smallPages = [
  '7ZrLaxNRFIcnk7Zpk/T9fqfv9JE2fT/FRTZdVhDrsqBVodqWqOCyO7cuRfBPEHUjdSku3RR8UsGFguCi6MqVgtj87r3pTWcyD6mE',
  '/r7N8CWTyb3n3DOZmRzDyFCE7cF+9MDMeqHKOEo1tjXYmtg+u7xTthH4dcEghBQMgTz1H9T2N7X9xedT51aSzx8YLxlRQgoHUc9V',
  'DAUhp46gdh4ghJweimT9V8rXfhiGUZp1bf8NLs4RX+Di3PEJLo61Dy+Gv4eXwN/CQ/A38FLNy7T9w9rxItr3RbXxlGvjrdDmU5l7',
  'G5R1HgzmBsnImtQhJUdiGToa2lIt1GV67MM52YjkJih6TNLKj8tkxbH5reQSJzYUy3Wv1t4TLF5xT7ALF8/+XsDFM8BX8Fr4O3gd',
  '/DO8Hv4d3gD/DW8USz6Q8SZ4G7wZnoC3qGlY3b5UW827xjIitdbBqrMJZL1dlBtsc9Bon6KmPClszpfjFi5zYkGJrH/1e5dEPbbC',
  'U/A2+Cq8XR2mNf83tTkYTTsTQsgJEpL1r84AMdT3Li4J9iIZ71Qf62DkCCGEEEIIKRg6GQJCSETe/6u/q3Zw/x+D34d3wZ/Cu+Hi',
  '+X8P/Cu8Vxwbz+v7xMkH3g8/Ax9Qw4o5HH6X03l2O45Ij/Pg9boIdJ+brPS7yuEAlzHxSFTWv/r3ehv1G4ffgw9q9T8Efw0fhv+E',
  'j8BbUN8J+Fn4qBpG3OWwB93Oc8h1ZIbdB3PEQwISXrI2yoVL/gnlsv5VL8sa6ncMfheehD+Gj8M/wCe03/tJscThU+prx7yNNulx',
  'luNewzPhObCT3nMyxWVJTogKm+v/afgj+Az8I3wWHkZ9z8EX4PPwDfgC/CF8Eb4HX1LDmvYzpxlfEZn1F9A5nwmZ95vRBd9rYtH/',
  'slpiZRUGoj80gPrf0Xp572i9vNtaL+81rZd3TevNvaj15q5ovbnLWm+uHE4G0dcn+os6tOcDce16YpoZJcQ5VfL335SFF0P9p+Cr',
  '8L/7XtravGJ1LFO10R/uG0Ftp26n0+ubt86vp2/g3dD1ras32ZpOyH+mWtariRrOEGRoCCGEEEIIIYQQQgghhBBCCCGEEEIIIYQQ',
  'QgghhBBCCCGEEEIIOXH+AA==',
].join('');

for (const lost of [undefined, 0]) {
  test(`reads pages of another size than ours${lost === 0 ? ', even if only the second meta page has it' : ''}`, async () => {
    const image = inflateRawSync(Buffer.from(smallPages, 'base64'));
    // The first meta page is the newest after two transactions; its loss leaves the one before, without any bucket.
    if (lost === 0) image.fill(0xff, 16, 80);
    const file = await openBoltFile(fileSystemOf(image), 'log.db');
    const lengths: number[] = [];
    for await (const { value } of file.pairs('logs')) lengths.push(value.length);
    const written = Array.from({ length: 60 }, (_, position) => (position === 29 ? 3000 : position + 1));
    assert.equal(lengths, lost === 0 ? [] : written);
    assert.equal(
      await file.get('conf', Buffer.from('CurrentTerm')),
      lost === 0 ? undefined : new Uint8Array(numberKey(7)),
    );
  });
}

test('refuses keys that bbolt does not take', () => {
  const encode = (...keys: readonly Uint8Array[]) =>
    encodeBoltFile([{ name: 'logs', pairs: keys.map((key) => ({ key, value: key })) }]);
  assert.throws(() => encode(new Uint8Array(0)), /a key of 0 bytes/);
  assert.throws(() => encode(new Uint8Array(32_769)), /a key of 32769 bytes/);
  assert.throws(() => encode(numberKey(1), numberKey(1)), /a key twice/);
});

test.run();
