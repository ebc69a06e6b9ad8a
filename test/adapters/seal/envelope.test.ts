import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type EnvelopeOpening,
  envelopeOverheadBytes,
  openEnvelope,
  sealEnvelope,
} from '../../../src/adapters/seal/envelope.js';
import { openEnvelopes, sealEnvelopes } from '../../../src/adapters/seal/envelope-stream.js';
import { possessionProof } from '../../../src/adapters/seal/keyring.js';
import { raftCommand, raftFormat } from '../../../src/adapters/seal/purposes.js';
import { sourceFiles } from '../../architecture/source-files.js';
import { collect, failingAfter, inChunksOf, streamOf } from '../../builders/byte-streams.js';
import { keyringOf, type RingName } from '../../builders/keyrings.js';
import { thrownBy } from '../../builders/outcome.js';
import { openEnvelope as openByTheBook } from '../../builders/sealed-envelope.js';
import { noise } from '../../builders/snapshot-bytes.js';

const test = suite('envelopes under a keyring');
const refuse = {
  damaged: (reason: string) => new Error(`damaged: ${reason}`),
  locked: (reason: string) => new Error(`locked: ${reason}`),
};
const opening = (ring: RingName = 'ring-1', purpose = raftCommand): EnvelopeOpening => ({
  ring: keyringOf(ring),
  purpose,
  refuse,
});
/** The ring as an independent reader wants it. */
const bookRing = (name: RingName) => {
  const { active, keys } = keyringOf(name);
  return { active, keys: Object.fromEntries([...keys].map(([id, key]) => [id, key.export().toString('base64')])) };
};
const content = noise(300_001);
const changed = 'damaged: it is not what was sealed: its bytes were changed, or cut short';

test('what is sealed opens again, and is longer by what the format says', () => {
  for (const plain of [new Uint8Array(0), content]) {
    const sealed = sealEnvelope(plain, opening());
    assert.is(sealed.length, plain.length + envelopeOverheadBytes('cluster-v1'));
    assert.ok(Buffer.from(openEnvelope(sealed, opening())).equals(plain));
  }
});

test('an independent reader of the format opens what is sealed, under the active key', () => {
  const sealed = sealEnvelope(content, opening('ring-2'));
  assert.ok(openByTheBook(sealed, 'raft-command', bookRing('ring-2')).equals(content));
  assert.throws(() => openByTheBook(sealed, 'raft-command', bookRing('ring-1')), /no such key/);
});

test('nothing is sealed twice alike', () => {
  assert.not.ok(Buffer.from(sealEnvelope(content, opening())).equals(sealEnvelope(content, opening())));
});

test('a key that was kept in the ring still opens', () => {
  assert.ok(Buffer.from(openEnvelope(sealEnvelope(content, opening('ring-1')), opening('ring-2'))).equals(content));
});

test('a ring without the key, one with another of its name and another purpose are distinguished from damage', () => {
  const sealed = sealEnvelope(content, opening());
  const reason = (how: EnvelopeOpening, bytes = sealed) => {
    try {
      openEnvelope(bytes, how);
      return 'it opens';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const doesNotOpen = 'locked: the key cluster-v1 of the keyring at hand does not open it';
  assert.is(
    reason(opening('ring-1'), sealEnvelope(content, opening('ring-2'))),
    'locked: it is sealed under the key cluster-v2, which the keyring at hand does not hold',
  );
  assert.is(reason(opening('other-ring')), doesNotOpen);
  assert.is(reason(opening('ring-1', raftFormat)), doesNotOpen);
  assert.is(reason(opening(), Buffer.concat([sealed, Buffer.from('x')])), changed);
  assert.is(reason(opening(), Buffer.from('\n\x05plain')), 'damaged: it is not sealed');
  assert.is(
    reason(opening(), Buffer.from('JACOENC\x02')),
    'damaged: it is sealed in the form 2, and this version knows form 1 alone',
  );
  assert.is(reason(opening(), Buffer.from('JACOENC\x01\x00\x00')), 'damaged: its seal names no key');
});

test('each byte that is changed is noticed', () => {
  const sealed = sealEnvelope(noise(100), opening());
  for (let position = 0; position < sealed.length; position += 1) {
    for (const bit of [0x01, 0x80]) {
      const other = Uint8Array.from(sealed);
      other[position] = (other[position] as number) ^ bit;
      assert.throws(() => openEnvelope(other, opening()), /^(damaged|locked): /, `byte ${position}`);
    }
  }
});

test('each length that it is cut to is noticed', () => {
  const sealed = sealEnvelope(noise(100), opening());
  for (let length = 0; length < sealed.length; length += 1) {
    assert.throws(() => openEnvelope(sealed.subarray(0, length), opening()), /^damaged: /, `${length} bytes`);
  }
});

test('a tag of four bytes is refused', async () => {
  const sealed = sealEnvelope(content, opening());
  // What Node takes unless it is told otherwise: the first four bytes of a right tag, and no more.
  const cut = await thrownBy(collect(openEnvelopes(streamOf(sealed.subarray(0, -12)), [opening()])));
  assert.is((cut as Error).message, changed);
});

test('nested envelopes give the same for any division into pieces', async () => {
  const layers = [opening('ring-1', raftCommand), opening('ring-2', raftFormat)];
  const sealed = await collect(sealEnvelopes(inChunksOf(70_000, content), layers));
  assert.ok(
    openByTheBook(openByTheBook(sealed, 'raft-format', bookRing('ring-2')), 'raft-command', bookRing('ring-1')).equals(
      content,
    ),
  );
  for (const size of [1_000, 65_536, sealed.length]) {
    assert.ok(
      (await collect(openEnvelopes(inChunksOf(size, sealed), [...layers].reverse()))).equals(content),
      `${size}`,
    );
  }
  const small = await collect(sealEnvelopes(streamOf(noise(50)), layers));
  for (const size of [1, 2, 15, 16, 17, 31]) {
    assert.ok(
      (await collect(openEnvelopes(inChunksOf(size, small), [...layers].reverse()))).equals(noise(50)),
      `${size}`,
    );
  }
});

test('the iteration does not end if the outer envelope was changed, even if the inner one is whole', async () => {
  const layers = [opening('ring-1', raftCommand), opening('ring-1', raftFormat)];
  const sealed = await collect(sealEnvelopes(streamOf(content), layers));
  sealed[sealed.length - 1] = (sealed.at(-1) as number) ^ 1;
  let given = 0;
  const error = await thrownBy(
    (async () => {
      for await (const piece of openEnvelopes(inChunksOf(65_536, sealed), [...layers].reverse())) given += piece.length;
    })(),
  );
  assert.is((error as Error).message, changed);
  assert.ok(given > 0);
});

/** The options of every cipher that is made while `work` runs. */
function ciphersOf(work: () => void): readonly unknown[] {
  const { createCipheriv, createDecipheriv } = crypto;
  const options: unknown[] = [];
  const watched =
    <Made>(make: (...words: never[]) => Made) =>
    (...words: readonly unknown[]): Made => {
      options.push(words[3]);
      return make(...(words as never[]));
    };
  Object.assign(crypto, { createCipheriv: watched(createCipheriv), createDecipheriv: watched(createDecipheriv) });
  syncBuiltinESMExports();
  try {
    work();
  } finally {
    Object.assign(crypto, { createCipheriv, createDecipheriv });
    syncBuiltinESMExports();
  }
  return options;
}

test('every cipher is made for tags of 16 bytes, since Node takes shorter ones otherwise', () => {
  const options = ciphersOf(() => openEnvelope(sealEnvelope(content, opening()), opening()));
  assert.equal(options, Array(4).fill({ authTagLength: 16 }));
  const elsewhere = sourceFiles('src').filter(
    ({ path, text }) => /create(Dec|C)ipheriv/.test(text) && !path.endsWith('seal/envelope.ts'),
  );
  assert.equal(
    elsewhere.map(({ path }) => path),
    [],
  );
});

test('both rethrow what reading the bytes throws', async () => {
  const failure = new Error('the disk is gone');
  assert.is(await thrownBy(collect(sealEnvelopes(failingAfter(failure, 'some'), [opening()]))), failure);
  const sealed = sealEnvelope(content, opening());
  assert.is(await thrownBy(collect(openEnvelopes(failingAfter(failure, sealed), [opening()]))), failure);
});

test('nothing of a key is in a refusal', async () => {
  const error = (await thrownBy(
    collect(openEnvelopes(streamOf(sealEnvelope(content, opening())), [opening('other-ring')])),
  )) as Error;
  for (const key of keyringOf('other-ring').keys.values()) {
    for (const form of ['base64', 'hex'] as const) {
      assert.not.match(`${error.stack} ${String(error.cause)}`, key.export().toString(form).slice(0, 12));
    }
  }
  assert.is(possessionProof(keyringOf('ring-1')).length, 32);
});

test.run();
