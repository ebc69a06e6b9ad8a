import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inflateGzipMember } from '../../../src/adapters/archive/gzip-member.js';
import { collect, failingAfter, inChunksOf, streamOf, watchedStream } from '../../builders/byte-streams.js';
import { refusalOf, thrownBy } from '../../builders/outcome.js';
import { noise } from '../../builders/snapshot-bytes.js';

const test = suite('one gzip member');

const content = noise(100_000);
const member = gzipSync(content);
const inflate = (...chunks: readonly Uint8Array[]) => collect(inflateGzipMember(streamOf(...chunks)));
const reasonFor = async (...chunks: readonly Uint8Array[]) => {
  const refusal = await refusalOf(inflate(...chunks));
  assert.is(refusal.code, 'archive_rejected');
  return refusal.message;
};

test('inflates to what was compressed, in any division into chunks', async () => {
  for (const size of [1_000, 16_384, 65_536, member.length - 1, member.length]) {
    assert.ok((await collect(inflateGzipMember(inChunksOf(size, member)))).equals(content), `chunks of ${size}`);
  }
});

test('waits for a trailer that comes when the content has long been taken', async () => {
  const small = gzipSync('state');
  for (let size = 1; size < small.length; size += 1) {
    assert.is(
      (await collect(inflateGzipMember(slowly(inChunksOf(size, small))))).toString(),
      'state',
      `chunks of ${size}`,
    );
  }
});

test('refuses zeros after the end without a listener', async () => {
  assert.match(await reasonFor(member, new Uint8Array(512)), /bytes follow after its end\.$/);
});

test('passes over zeros after the end and counts them, however they are cut into chunks', async () => {
  const small = gzipSync('state');
  const padded = Buffer.concat([small, new Uint8Array(30)]);
  for (let size = 1; size <= padded.length; size += 1) {
    let padding = 0;
    const listen = (bytes: number) => {
      padding = bytes;
    };
    const inflated = await collect(inflateGzipMember(slowly(inChunksOf(size, padded)), listen));
    assert.equal([inflated.toString(), padding], ['state', 30], `chunks of ${size}`);
    const more = Buffer.concat([padded, Buffer.of(1), new Uint8Array(10)]);
    const failure = await refusalOf(collect(inflateGzipMember(inChunksOf(size, more), listen)));
    assert.match(failure.message, /bytes follow after its end\.$/);
  }
});

test('refuses bytes after the end that come late', async () => {
  const late = slowly(streamOf(member, 'more'));
  assert.match((await refusalOf(collect(inflateGzipMember(late)))).message, /bytes follow after its end\.$/);
});

test('inflates a member without content', async () => {
  assert.is((await inflate(gzipSync(new Uint8Array(0)))).length, 0);
});

test('inflates a member whose header carries a name and a time, as gzip(1) writes it', async () => {
  const named = Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, 8, 1, 2, 3, 4, 0, 3]),
    Buffer.from('cluster.tar\0'),
    gzipSync('state').subarray(10),
  ]);
  assert.is((await inflate(named)).toString(), 'state');
});

test('refuses no bytes at all, and says that it is empty', async () => {
  assert.match(await reasonFor(), /it is empty\.$/);
  assert.match(await reasonFor(new Uint8Array(0)), /it is empty\.$/);
});

test('refuses what is not gzip, and says so', async () => {
  assert.match(await reasonFor(Buffer.from('hello')), /it is not gzip data\.$/);
  assert.match(await reasonFor(Buffer.from('hel'), Buffer.from('lo')), /it is not gzip data\.$/);
  assert.match(
    await reasonFor(Buffer.from('PK\u0003\u0004 a zip file')),
    /it is compressed with zip, not with gzip\.$/,
  );
  assert.match(await reasonFor(new Uint8Array(1_000)), /it is nothing but zeros\.$/);
});

test('refuses a member that is cut short anywhere, and says so', async () => {
  const small = gzipSync(noise(200));
  for (let length = 1; length < small.length; length += 1) {
    assert.match(await reasonFor(small.subarray(0, length)), /it is cut short\.$/, `${length} bytes`);
  }
});

test('refuses a member whose content, checksum or length was changed', async () => {
  for (const position of [member.length - 50_000, member.length - 8, member.length - 1]) {
    const damaged = Uint8Array.from(member, (byte, at) => (at === position ? byte ^ 1 : byte));
    assert.match(
      await reasonFor(damaged),
      /its (compressed data is damaged|checksum does not fit its content)\.$/,
      `byte ${position}`,
    );
  }
});

for (const [what, more] of [
  ['a zero byte', new Uint8Array(1)],
  ['zero bytes beyond any buffer', new Uint8Array(200_000)],
  ['other bytes', Buffer.from('and so on')],
] as const) {
  test(`refuses ${what} after the end, and says so`, async () => {
    assert.match(await reasonFor(member, more), /bytes follow after its end\.$/);
    assert.match(await reasonFor(Buffer.concat([member, more])), /bytes follow after its end\.$/);
  });
}

test('refuses zero bytes after the end that keep coming, without taking all of them', async () => {
  const { seen, stream } = watchedStream(inChunksOf(1_000, Buffer.concat([member, new Uint8Array(1_000_000)])));
  await thrownBy(collect(inflateGzipMember(stream)));
  assert.ok(seen.pulled < 600, `${seen.pulled} chunks of 1,000`);
  assert.is(seen.ended, true);
});

test('refuses a second member, which gzip tools would append to the content', async () => {
  assert.match(await reasonFor(member, member), /bytes follow after its end\.$/);
  assert.match(await reasonFor(Buffer.concat([member, gzipSync('more')])), /bytes follow after its end\.$/);
});

test('refuses a second member without content', async () => {
  assert.match(await reasonFor(member, gzipSync('')), /bytes follow after its end\.$/);
});

test('refuses any bytes after the end, however the whole is cut into chunks', async () => {
  const small = gzipSync('state');
  const after = fc.uint8Array({ minLength: 1, maxLength: 40 });
  const cuts = fc.integer({ min: 1, max: 60 });
  await fc.assert(
    fc.asyncProperty(after, cuts, async (more, size) => {
      const whole = Buffer.concat([small, more]);
      await refusalOf(collect(inflateGzipMember(inChunksOf(size, whole))));
    }),
    { numRuns: 200 },
  );
});

test('rethrows what the source throws', async () => {
  const failure = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
  const half = member.subarray(0, 5_000);
  assert.is(await thrownBy(collect(inflateGzipMember(failingAfter(failure, half)))), failure);
  assert.is(await thrownBy(collect(inflateGzipMember(failingAfter(failure, member)))), failure);
});

test('lets the source go when the iteration is given up, while bytes wait to be inflated', async () => {
  const { seen, stream } = watchedStream(inChunksOf(50_000, gzipSync(noise(2_000_000))));
  for await (const _ of inflateGzipMember(stream)) break;
  assert.is(seen.ended, true);
  assert.ok(seen.pulled < 20, `${seen.pulled} of 40 pulled`);
});

test('pulls no faster than its output is consumed', async () => {
  const { seen, stream } = watchedStream(inChunksOf(50_000, gzipSync(noise(2_000_000))));
  let taken = 0;
  for await (const bytes of inflateGzipMember(stream)) {
    taken += bytes.length;
    await setImmediate();
    assert.ok(seen.pulled * 50_000 < taken + 1_000_000, `${seen.pulled} pulled when ${taken} bytes were taken`);
  }
});

/** The chunks, each in its own turn of the event loop, as from a network. */
async function* slowly(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of bytes) {
    await setImmediate();
    yield chunk;
  }
}

test.run();
