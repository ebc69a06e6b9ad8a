import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { generateHybridIdentity, identityToRecipient } from 'age-encryption';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createAgeArchiveOpener } from '../../../src/adapters/age/age-archive-opener.js';
import { createAgeArchiveSealer } from '../../../src/adapters/age/age-archive-sealer.js';
import { collect, failingAfter, inChunksOf, streamOf, watchedStream } from '../../builders/byte-streams.js';
import { refusalOf } from '../../builders/outcome.js';
import { noise } from '../../builders/snapshot-bytes.js';
import { until } from '../../cli/waiting.js';
import { generateKeys, withKeyFiles } from './age-keys.js';

const test = suite('archives that are sealed with age');
const [first, second, third] = [await generateKeys(), await generateKeys(), await generateKeys()];

/** The size of age's pieces, in bytes. */
const ageChunkBytes = 64 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** The live memory after a collection, in bytes. */
function liveBytes(): number {
  collectGarbage();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

const seal = async (recipients: readonly string[], bytes: AsyncIterable<Uint8Array>) =>
  collect((await createAgeArchiveSealer(recipients)).seal(bytes));
const openWith = (identityPath: string, bytes: AsyncIterable<Uint8Array>) =>
  collect(createAgeArchiveOpener(identityPath)(bytes));

const sizes = [0, 1, ageChunkBytes - 1, ageChunkBytes, ageChunkBytes + 1, 3 * ageChunkBytes];
const anyBytes = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(...sizes).map(noise));
const anyChunking = fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 5_000, max: 300_000 }));
/** A few pieces of one byte each are enough to try; of long content they would be too many. */
const chunking = (size: number, { length }: Uint8Array) => Math.max(size, Math.ceil(length / 500));

test('open with the identity of a recipient that withstands quantum computers', () =>
  withKeyFiles(async (file) => {
    const identity = await generateHybridIdentity();
    const recipient = await identityToRecipient(identity);
    assert.match(recipient, /^age1pq1/);
    const sealed = await seal([recipient], streamOf(Buffer.from('archive')));
    assert.is(String(await openWith(file('identities', identity), streamOf(sealed))), 'archive');
  }));

test('open with the identity of a recipient that was given in capitals, as QR codes hold it', () =>
  withKeyFiles(async (file) => {
    const capitals = first.recipient.toUpperCase();
    for (const given of [capitals, file('recipients', capitals)]) {
      const sealed = await seal([given], streamOf(Buffer.from('archive')));
      assert.is(String(await openWith(file('identities', first.identity), streamOf(sealed))), 'archive');
    }
  }));

test('open as the same bytes, for any bytes in any pieces', () =>
  withKeyFiles(async (file) => {
    const identities = file('identities', first.identity);
    await fc.assert(
      fc.asyncProperty(anyBytes, anyChunking, anyChunking, async (bytes, sealing, opening) => {
        const sealed = await seal([first.recipient], inChunksOf(chunking(sealing, bytes), bytes));
        const opened = await openWith(identities, inChunksOf(chunking(opening, sealed), sealed));
        assert.ok(opened.equals(bytes));
      }),
      { numRuns: 60 },
    );
  }));

test('open for each of several recipients, also from a file with comments, and for no other identity', () =>
  withKeyFiles(async (file) => {
    const recipients = file('recipients', '# the vault', second.recipient, '', '   ', `  ${third.recipient}\r`);
    const sealed = await seal([first.recipient, recipients], streamOf('secret'));
    for (const { identity } of [first, second, third]) {
      assert.is(String(await openWith(file('identity', '# mine', identity), streamOf(sealed))), 'secret');
    }
    const stranger = file('stranger', (await generateKeys()).identity);
    assert.is((await refusalOf(openWith(stranger, streamOf(sealed)))).code, 'identity_unusable');
  }));

test('are other bytes each time, and hold nothing of the content', async () => {
  const content = Buffer.from('registry-password '.repeat(100));
  const [one, other] = [
    await seal([first.recipient], streamOf(content)),
    await seal([first.recipient], streamOf(content)),
  ];
  assert.not.equal(one, other);
  assert.not.ok(one.includes('registry-password'));
});

test('rethrow what the archive throws, and yield nothing if it throws at once', async () => {
  const failure = new Error('no leader');
  const sealer = await createAgeArchiveSealer([first.recipient]);
  for (const [chunks, given] of [
    [[], false],
    [['half'], true],
  ] as const) {
    let sawBytes = false;
    const thrown = await (async () => {
      for await (const _ of sealer.seal(failingAfter(failure, ...chunks))) sawBytes = true;
    })().catch((error: unknown) => error);
    assert.is(thrown, failure);
    assert.is(sawBytes, given);
  }
});

test('stop the archive when their reader stops', async () => {
  const { seen, stream } = watchedStream(inChunksOf(ageChunkBytes, noise(40 * ageChunkBytes)));
  const sealer = await createAgeArchiveSealer([first.recipient]);
  for await (const bytes of sealer.seal(stream)) if (bytes.length > 1000) break;
  await until(() => seen.ended);
  assert.ok(seen.pulled < 15, `${seen.pulled} chunks were pulled`);
});

test('take bounded memory, and no more of the archive than is asked for', async () => {
  const chunk = noise(ageChunkBytes);
  async function* archive(): AsyncGenerator<Uint8Array, void, void> {
    for (let count = 0; count < 1024; count += 1) yield chunk;
  }
  const { seen, stream } = watchedStream(archive());
  const sealer = await createAgeArchiveSealer([first.recipient]);
  const beforeBytes = liveBytes();
  let [sizeBytes, count, peakBytes, furthestAhead] = [0, 0, 0, 0];
  for await (const bytes of sealer.seal(stream)) {
    sizeBytes += bytes.length;
    count += 1;
    if (count % 100 === 0) peakBytes = Math.max(peakBytes, liveBytes() - beforeBytes);
    furthestAhead = Math.max(furthestAhead, seen.pulled - sizeBytes / ageChunkBytes);
  }
  assert.ok(sizeBytes > 64 * 1024 * 1024);
  assert.ok(furthestAhead < 10, `${furthestAhead} chunks ahead`);
  assert.ok(peakBytes < 32 * 1024 * 1024, `${peakBytes} bytes`);
  console.log(`\nNOTE: sealing 64 MiB holds ${Math.round(peakBytes / 1024 / 1024)} MiB of memory at most`);
});

/** With another last letter. */
const misspelt = (recipient: string) => `${recipient.slice(0, -1)}${recipient.endsWith('x') ? 'y' : 'x'}`;

test('are refused for an invalid recipient', () =>
  withKeyFiles(async (file) => {
    for (const [given, reason] of [
      ['age1nonsense', 'it is not an age recipient'],
      [misspelt(first.recipient), 'it is not an age recipient'],
      ['/nonexistent/recipients', 'it is neither an age recipient (age1…) nor a file that can be read'],
      [file('empty', '# nobody', ''), 'the file names no recipient'],
      [file('words', first.recipient, 'recipient'), 'the file has a line that is not an age recipient (age1…)'],
    ] as const) {
      const refusal = await refusalOf(createAgeArchiveSealer([second.recipient, given]));
      assert.is(refusal.code, 'recipient_unusable');
      assert.is(refusal.message, `cannot encrypt to ${given}: ${reason}.`);
    }
  }));

const yubikey = 'age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t';

test('are refused for recipients that only the age program can use, naming their kind', () =>
  withKeyFiles(async (file) => {
    const plugin = 'a recipient of the age plugin age-plugin-yubikey, which only the age program can use';
    const ssh = 'an SSH key, which only the age program can use';
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN ops@example.com';
    for (const [given, reason] of [
      [yubikey, `it is ${plugin}`],
      [key, `it is ${ssh}`],
      ['ecdsa-sha2-nistp256 AAAA', `it is ${ssh}`],
      [file('plugin', first.recipient, yubikey), `the file has ${plugin}`],
      [file('key.pub', key), `the file has ${ssh}`],
    ] as const) {
      const refusal = await refusalOf(createAgeArchiveSealer([first.recipient, given]));
      assert.is(refusal.code, 'recipient_unusable');
      assert.is(refusal.message, `cannot encrypt to ${given}: ${reason}.`);
      assert.equal(refusal.remedies, [{ kind: 'encrypt-outside' }]);
    }
  }));

test('are refused for recipients of which some withstand quantum computers and others do not', () =>
  withKeyFiles(async (file) => {
    const strong = await identityToRecipient(await generateHybridIdentity());
    for (const mixture of [
      [first.recipient, strong],
      [strong, file('classic', first.recipient)],
      [file('both', strong, first.recipient)],
    ]) {
      const refusal = await refusalOf(createAgeArchiveSealer(mixture));
      assert.is(refusal.code, 'recipient_unusable');
      assert.match(
        refusal.message,
        /^cannot encrypt to recipients that withstand quantum computers \(age1pq1…\) together/,
      );
    }
    const { message } = await refusalOf(createAgeArchiveSealer([misspelt(strong)]));
    assert.ok(message.length < 200, message);
    await createAgeArchiveSealer([strong, await identityToRecipient(await generateHybridIdentity())]);
  }));

test('are refused for an identity in place of a recipient, without showing it', () =>
  withKeyFiles(async (file) => {
    for (const given of [first.identity, first.identity.toLowerCase(), file('identities', first.identity)]) {
      const refusal = await refusalOf(createAgeArchiveSealer([given]));
      const told = `${refusal.message} ${JSON.stringify(refusal.remedies)} ${JSON.stringify(refusal.details)} ${refusal.stack}`;
      assert.is(refusal.code, 'recipient_unusable');
      assert.not.match(told.toUpperCase(), first.identity.slice(0, 30));
    }
  }));

test.run();
