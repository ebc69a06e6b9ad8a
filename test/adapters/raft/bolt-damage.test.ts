import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fnv1a64 } from '../../../src/adapters/raft/bolt-format.js';
import { openBoltFile } from '../../../src/adapters/raft/bolt-reader.js';
import { encodeBoltFile } from '../../../src/adapters/raft/bolt-writer.js';
import { isJacoError, JacoError } from '../../../src/domain/errors.js';
import { type BucketContent, contentOf, expectedContent, fileSystemOf, numberKey } from './bolt-images.js';

const buckets = [
  { name: 'conf', pairs: [{ key: Buffer.from('CurrentTerm'), value: numberKey(7) }] },
  {
    name: 'logs',
    pairs: Array.from({ length: 400 }, (_, position) => ({
      key: numberKey(position),
      value: Buffer.alloc(position % 60 === 0 ? 9_000 : 40, position),
    })),
  },
];
const names = ['conf', 'logs'];
const image = Buffer.from(encodeBoltFile(buckets));
const expected = expectedContent(buckets);

const changed = (change: (copy: Buffer) => void): Buffer => {
  const copy = Buffer.from(image);
  change(copy);
  return copy;
};

/** The result of reading everything: the content, or the refusal. Any other error fails the test. */
async function outcomeOf(bytes: Uint8Array): Promise<BucketContent[] | JacoError> {
  try {
    const file = await openBoltFile(fileSystemOf(bytes), 'log.db');
    for (const name of names) await Promise.all([file.firstKey(name), file.lastKey(name)]);
    return await contentOf(bytes, names);
  } catch (error) {
    if (isJacoError(error, 'store_damaged')) return error;
    throw error;
  }
}

async function refusalOf(bytes: Uint8Array): Promise<string> {
  const outcome = await outcomeOf(bytes);
  return outcome instanceof JacoError ? outcome.message : 'it was read';
}

/** Rewrites the checksum of both metas, so that what they say is believed. */
function signMetas(copy: Buffer): void {
  for (const start of [16, 4096 + 16]) copy.writeBigUInt64LE(fnv1a64(copy.subarray(start, start + 56)), start + 56);
}

/** Positions of the image outside a page's keys and values, which the format does not protect. */
function structuralPositions(): number[] {
  const positions = Array.from({ length: 2 * 4096 }, (_, position) => position);
  for (let page = 2 * 4096; page < image.length; page += 4096) {
    const [id, count] = [Number(Buffer.from(image).readBigUInt64LE(page)), Buffer.from(image).readUInt16LE(page + 10)];
    if (id * 4096 !== page) continue;
    for (let position = page; position < page + 16 + count * 16; position += 1) positions.push(position);
  }
  return positions;
}

test('a damaged byte anywhere in the structure leads to the same content or a refusal', async () => {
  // The lengths of a page's last key and value are guarded by nothing but the page's end: the last bucket may seem to
  // have another name, and so be gone; the last pair may seem longer or shorter. A page may seem empty, also the one that
  // names the buckets. readLogStore finds buckets that are gone.
  const asFarAsGuarded = (outcome: readonly BucketContent[]) =>
    outcome.every(([, pairs]) => pairs.length === 0) ||
    outcome.every(([name, pairs], bucket) => {
      const whole = expected[bucket]?.[1] ?? [];
      return pairs.length === whole.length || (name === 'logs' && pairs.length === 0);
    });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...structuralPositions()),
      fc.integer({ min: 1, max: 255 }),
      async (position, change) => {
        const outcome = await outcomeOf(
          changed((copy) => {
            copy[position] = (copy[position] ?? 0) ^ change;
          }),
        );
        if (!(outcome instanceof JacoError)) assert.ok(asFarAsGuarded(outcome), `at ${position}`);
      },
    ),
    { numRuns: 1500, examples: [[lastBucketKeySize(), 1]] },
  );
});

test('a page of a tree that has lost its elements is refused', async () => {
  const leaves = Array.from({ length: image.length / 4096 }, (_, page) => page).filter(
    (page) =>
      page > 3 && image.readUInt16LE(page * 4096 + 8) === 2 && Number(image.readBigUInt64LE(page * 4096)) === page,
  );
  // The last one is the root, which names the buckets.
  for (const page of leaves.slice(0, -1)) {
    const refusal = await refusalOf(changed((copy) => copy.writeUInt16LE(0, page * 4096 + 10)));
    assert.match(refusal, /a page that must hold keys is empty|takes more pages than it fills/, `page ${page}`);
  }
  assert.ok(leaves.length > 10);
});

test('a page more than the content fills is accepted where the content fills the last one to its end', async () => {
  // A page's header, an element of its table, and the key; then the page of the root, which names the buckets.
  const toTheEnd = 4096 - 16 - 16 - 8;
  for (const [bytes, isAccepted] of [
    [toTheEnd, true],
    [toTheEnd - 1, false],
  ] as const) {
    const copy = Buffer.from(
      encodeBoltFile([
        { name: 'conf', pairs: [] },
        { name: 'logs', pairs: [{ key: numberKey(1), value: Buffer.alloc(bytes) }] },
      ]),
    );
    const leaf = copy.length - 2 * 4096;
    assert.is(copy.readUInt32LE(leaf + 12), 0);
    copy.writeUInt32LE(1, leaf + 12);
    const outcome = await outcomeOf(copy);
    if (isAccepted) assert.is((outcome as BucketContent[])[1]?.[1].length, 1);
    else assert.match((outcome as JacoError).message, /takes more pages than it fills/);
  }
});

test('damage of any kind leads to content or a refusal, and reading always ends', async () => {
  const patch = fc.record({
    position: fc.nat(image.length - 1),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 64 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(patch, { minLength: 1, maxLength: 8 }), fc.boolean(), async (patches, sign) => {
      await outcomeOf(
        changed((copy) => {
          for (const { position, bytes } of patches) copy.set(bytes.subarray(0, copy.length - position), position);
          if (sign) signMetas(copy);
        }),
      );
    }),
    { numRuns: 1000 },
  );
});

test('a file that is cut at any byte is refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(image.length - 1), async (length) => {
      assert.ok((await outcomeOf(image.subarray(0, length))) instanceof JacoError);
    }),
  );
  assert.match(
    await refusalOf(image.subarray(0, 5 * 4096)),
    /log\.db is damaged: it is cut short: 20480 bytes instead/,
  );
});

for (const lost of [0, 1]) {
  test(`falls back to the other meta page when the checksum of meta ${lost} does not hold`, async () => {
    const bytes = changed((copy) => copy.fill(0xff, lost * 4096 + 30, lost * 4096 + 40));
    assert.equal(await outcomeOf(bytes), expected);
  });
}

test('takes the valid meta page of the higher transaction', async () => {
  const bytes = changed((copy) => {
    // The older meta, 0, now says that the root is page 2, the freelist.
    copy.writeBigUInt64LE(2n, 16 + 16);
    signMetas(copy);
  });
  assert.equal(await outcomeOf(bytes), expected);
});

test('says what is wrong with the first meta page if neither is valid', async () => {
  const both = (offset: number) =>
    changed((copy) => {
      copy.writeUInt32LE(99, 16 + offset);
      copy.writeUInt32LE(99, 4096 + 16 + offset);
    });
  assert.match(await refusalOf(both(0)), /does not begin as those of bbolt do/);
  assert.match(await refusalOf(both(4)), /is of version 99 instead of 2/);
  assert.match(await refusalOf(both(16)), /does not have the checksum that it names/);
});

test('refuses a page size that bbolt never has', async () => {
  const bytes = changed((copy) => {
    for (const meta of [0, 4096]) copy.writeUInt32LE(0, meta + 16 + 8);
    signMetas(copy);
  });
  assert.match(await refusalOf(bytes), /names pages of 0 bytes/);
});

test('refuses a root beyond the last page', async () => {
  const bytes = changed((copy) => {
    for (const meta of [0, 4096]) copy.writeBigUInt64LE(2n ** 63n, meta + 16 + 16);
    signMetas(copy);
  });
  assert.match(await refusalOf(bytes), /refers to page 9223372036854775808 of/);
});

test('refuses a branch that leads back to itself', async () => {
  const branch = findPage(0x01);
  const bytes = changed((copy) => {
    const count = copy.readUInt16LE(branch + 10);
    for (let element = 0; element < count; element += 1) {
      copy.writeBigUInt64LE(BigInt(branch / 4096), branch + 16 + element * 16 + 8);
    }
  });
  assert.match(await refusalOf(bytes), /is its own ancestor|belong elsewhere/);
});

test('refuses a branch all of whose children are the same page', async () => {
  const branch = findPage(0x01);
  const bytes = changed((copy) => copy.copy(copy, branch + 16 + 16 + 8, branch + 16 + 8, branch + 16 + 16));
  assert.match(await refusalOf(bytes), /holds keys that belong elsewhere/);
});

test('names the file and a next step', async () => {
  const outcome = await outcomeOf(new Uint8Array(100));
  assert.ok(outcome instanceof JacoError);
  assert.match(outcome.message, /^log\.db is damaged: neither of its meta pages is valid/);
  assert.match(JSON.stringify(outcome.remedies), /restore a backup into a fresh data directory/);
});

/**
 * The position of the size of the last bucket's name: the lowest byte of its element on the root page, the last page.
 */
function lastBucketKeySize(): number {
  return image.length - 4096 + 16 + 16 + 8;
}

/** Where the first page with `flags` begins. */
function findPage(flags: number): number {
  for (let page = 2 * 4096; page < image.length; page += 4096) {
    const bytes = Buffer.from(image.buffer, image.byteOffset + page, 16);
    if (bytes.readBigUInt64LE(0) === BigInt(page / 4096) && bytes.readUInt16LE(8) === flags) return page;
  }
  throw new Error('no such page');
}

test.run();
