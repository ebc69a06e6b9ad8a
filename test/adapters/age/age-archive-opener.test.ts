import { spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { armor, Encrypter } from 'age-encryption';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createAgeArchiveOpener } from '../../../src/adapters/age/age-archive-opener.js';
import { createAgeArchiveSealer } from '../../../src/adapters/age/age-archive-sealer.js';
import type { JacoError } from '../../../src/domain/errors.js';
import { giveParameter } from '../../../src/domain/remedy.js';
import { collect, failingAfter, inChunksOf, streamOf, watchedStream } from '../../builders/byte-streams.js';
import { refusalOf, thrownBy } from '../../builders/outcome.js';
import { noise } from '../../builders/snapshot-bytes.js';
import { skipTest } from '../../skipping.js';
import { generateKeys, withKeyFiles } from './age-keys.js';

const test = suite('archives that are opened with age');
const keys = await generateKeys();
const content = noise(150_000);
const sealed = await collect((await createAgeArchiveSealer([keys.recipient])).seal(streamOf(content)));
const headerEnd = sealed.indexOf('\n', sealed.indexOf('\n---') + 1) + 1;

const open = (identityPath: string | undefined, bytes: AsyncIterable<Uint8Array>) =>
  createAgeArchiveOpener(identityPath)(bytes);

const encryptedFile = 'it is itself encrypted, as age-keygen and a passphrase make it';
const programOnly = 'which only the age program can use';

/** The refusal of opening, and the bytes before it. */
async function refusedAfter(bytes: AsyncIterable<Uint8Array>, identityPath: string | undefined) {
  let given = 0;
  const refusal: JacoError = await refusalOf(
    (async () => {
      for await (const piece of open(identityPath, bytes)) given += piece.length;
    })(),
  );
  return { refusal, given };
}

for (const [what, bytes] of Object.entries({
  nothing: '',
  'a gzip file': '\x1f\x8b\x08 and so on',
  'the beginning of the header alone': 'age-encryption.org',
  'the beginning of the armor alone': '-----BEGIN AGE',
  'another armored file': '-----BEGIN PGP MESSAGE-----\n',
})) {
  test(`lets ${what} through as it is, without an identity and in any pieces`, async () => {
    for (const size of [1, 5, 1000]) {
      assert.is(String(await collect(open(undefined, inChunksOf(size, Buffer.from(bytes))))), bytes);
    }
  });
}

test('opens an armored archive in any pieces, with lines of either kind', () =>
  withKeyFiles(async (file) => {
    const text = armor.encode(sealed);
    for (const [size, form] of [
      [7, text],
      [100_000, text.replaceAll('\n', '\r\n')],
    ] as const) {
      const opened = await collect(open(file('identity', keys.identity), inChunksOf(size, Buffer.from(form))));
      assert.ok(opened.equals(content));
    }
  }));

test('asks for an identity if there is none', async () => {
  for (const bytes of [sealed, Buffer.from(armor.encode(sealed))]) {
    const { refusal, given } = await refusedAfter(streamOf(bytes), undefined);
    assert.is(refusal.code, 'identity_missing');
    assert.equal(refusal.remedies, [giveParameter('identityFile')]);
    assert.is(given, 0);
  }
});

test('refuses a file that is not an identity file, or whose identities do not match', () =>
  withKeyFiles(async (file) => {
    const directory = dirname(file('somewhere'));
    for (const [path, reason] of [
      ['/nonexistent/identity', 'there is no such file'],
      [directory, 'it is a directory'],
      [file('empty', '# nothing', ''), 'it holds no identity'],
      [file('recipient', keys.recipient), 'it holds recipients, which encrypt and do not decrypt'],
      [file('encrypted', 'age-encryption.org/v1', '-> scrypt c2FsdA 18'), encryptedFile],
      [file('armored', '-----BEGIN AGE ENCRYPTED FILE-----', 'YWdl'), encryptedFile],
      [
        file('plugin', '# hardware', 'AGE-PLUGIN-YUBIKEY-1QQQQ'),
        `it holds an identity of an age plugin, ${programOnly}`,
      ],
      [file('ssh', '-----BEGIN OPENSSH PRIVATE KEY-----', 'b3Bl'), `it is an SSH key, ${programOnly}`],
      [file('words', 'password'), 'it holds a line that is not an age identity'],
      [file('cut', keys.identity.slice(0, -3)), 'it holds a line that is not an age identity'],
      [file('other', (await generateKeys()).identity), 'none of its identities opens the archive'],
    ] as const) {
      const { refusal, given } = await refusedAfter(streamOf(sealed), path);
      assert.is(refusal.code, 'identity_unusable');
      assert.is(refusal.message, `cannot use the identity file ${path}: ${reason}.`);
      assert.is(given, 0);
    }
  }));

test('says how to use an identity file that only the age program can use', () =>
  withKeyFiles(async (file) => {
    const encrypted = await refusedAfter(streamOf(sealed), file('encrypted', 'age-encryption.org/v1'));
    assert.equal(encrypted.refusal.remedies, [{ kind: 'decrypt-identity-file' }]);
    const plugin = await refusedAfter(streamOf(sealed), file('plugin', 'AGE-PLUGIN-YUBIKEY-1QQQQ'));
    assert.equal(plugin.refusal.remedies, [{ kind: 'decrypt-archive', by: 'identity-file' }]);
  }));

test('names an archive that is encrypted with a passphrase, with or without an identity, in either form', () =>
  withKeyFiles(async (file) => {
    const encrypter = new Encrypter();
    encrypter.setPassphrase('a secret');
    encrypter.setScryptWorkFactor(1);
    const bytes = await encrypter.encrypt(content);
    const identity = file('identity', keys.identity);
    for (const [form, path] of [
      [streamOf(bytes), undefined],
      [inChunksOf(7, bytes), identity],
      [streamOf(Buffer.from(armor.encode(bytes))), identity],
    ] as const) {
      const { refusal, given } = await refusedAfter(form, path);
      assert.is(refusal.code, 'identity_unusable');
      assert.is(refusal.message, 'the archive is encrypted with a passphrase, which no identity opens.');
      assert.is(given, 0);
    }
  }));

test('does not show an identity, given in place of its file or cut short in it', () =>
  withKeyFiles(async (file) => {
    for (const path of [keys.identity, keys.identity.toLowerCase(), file('cut', keys.identity.slice(0, -3))]) {
      const { refusal } = await refusedAfter(streamOf(sealed), path);
      assert.not.match(
        `${refusal.message} ${JSON.stringify(refusal.remedies)} ${refusal.stack}`.toUpperCase(),
        keys.identity.slice(0, 30),
      );
      assert.is(refusal.cause, undefined);
    }
  }));

test('takes the one of several identities that fits', () =>
  withKeyFiles(async (file) => {
    const path = file('identities', '# old', (await generateKeys()).identity, '', '# new', `${keys.identity} `);
    assert.ok((await collect(open(path, streamOf(sealed)))).equals(content));
  }));

/** A copy with one bit turned. */
function flipped(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
}

const macAt = headerEnd - 10;
for (const [what, bytes, mostGiven] of [
  ['with a damaged version', flipped(sealed, 21), 0],
  ['with a damaged recipient', flipped(sealed, sealed.indexOf('X25519')), 0],
  ['with a damaged share', flipped(sealed, sealed.indexOf('X25519') + 10), 0],
  ['with a damaged MAC', flipped(sealed, macAt), 0],
  ['with a damaged nonce', flipped(sealed, headerEnd + 3), 0],
  ['damaged at the start of its content', flipped(sealed, headerEnd + 20), 0],
  ['damaged in its second piece', flipped(sealed, headerEnd + 70_000), 65_536],
  ['with a damaged last byte', flipped(sealed, sealed.length - 1), 131_072],
  ['cut in its header', sealed.subarray(0, 60), 0],
  ['cut before its nonce', sealed.subarray(0, headerEnd + 5), 0],
  ['cut before its content', sealed.subarray(0, headerEnd + 16), 0],
  ['cut in its content', sealed.subarray(0, headerEnd + 100_000), 65_536],
  ['cut where a piece ends', sealed.subarray(0, headerEnd + 16 + 65_552), 0],
  ['without its last byte', sealed.subarray(0, -1), 131_072],
  ['with a byte behind its end', Buffer.concat([sealed, Buffer.of(0)]), 131_072],
] as const) {
  test(`refuses an archive ${what}, and yields no byte that is not authentic`, () =>
    withKeyFiles(async (file) => {
      const identity = file('identity', keys.identity);
      const pieces: Uint8Array[] = [];
      const refusal = await refusalOf(
        (async () => {
          for await (const piece of open(identity, inChunksOf(50_000, bytes))) pieces.push(piece);
        })(),
      );
      assert.ok(['archive_rejected', 'identity_unusable'].includes(refusal.code), refusal.message);
      const given = Buffer.concat(pieces);
      assert.is(given.length, mostGiven);
      assert.ok(given.equals(content.subarray(0, given.length)));
    }));
}

for (const [what, damage] of Object.entries<(text: string) => string>({
  'without its last line': (text) => text.slice(0, text.indexOf('-----END')),
  'with a line that is too long': (text) => text.replace('\n', '\nAAAA'),
  'with a character that is none': (text) => text.replace(/\n(.)/, '\n!'),
  'with text behind it': (text) => `${text}more\n`,
})) {
  test(`refuses an armored archive ${what}`, () =>
    withKeyFiles(async (file) => {
      const { refusal, given } = await refusedAfter(
        streamOf(damage(armor.encode(sealed))),
        file('identity', keys.identity),
      );
      assert.is(refusal.code, 'archive_rejected');
      assert.is(given, 0);
    }));
}

test('stops at an endless header before it fills the memory', () =>
  withKeyFiles(async (file) => {
    for (const start of ['age-encryption.org/v1\n-> X25519 ', 'age-encryption.org/v1\n--- ']) {
      async function* endless(): AsyncGenerator<Uint8Array, void, void> {
        yield Buffer.from(start);
        for (;;) yield Buffer.alloc(65_536, 'A');
      }
      const { seen, stream } = watchedStream(endless());
      const { refusal } = await refusedAfter(stream, file('identity', keys.identity));
      assert.match(refusal.message, 'its encrypted header has no end');
      assert.ok(seen.pulled < 40, `${seen.pulled} chunks were pulled`);
      assert.ok(seen.ended);
    }
  }));

test('refuses an armored archive that is too large to be held, and says how to open it', () =>
  withKeyFiles(async (file) => {
    async function* large(): AsyncGenerator<Uint8Array, void, void> {
      yield Buffer.from('-----BEGIN AGE ENCRYPTED FILE-----\n');
      for (let count = 0; count < 100; count += 1) yield Buffer.alloc(1024 * 1024, 'A');
    }
    const { refusal } = await refusedAfter(large(), file('identity', keys.identity));
    assert.is(refusal.code, 'archive_rejected');
    assert.equal(refusal.remedies, [{ kind: 'decrypt-archive', by: 'passphrase' }]);
  }));

test('rethrows what reading the file throws', () =>
  withKeyFiles(async (file) => {
    const failure = await refusalOf(collect(open(undefined, streamOf(sealed))));
    for (const chunks of [[], [sealed.subarray(0, 50)], [sealed.subarray(0, 100_000)], ['plain']]) {
      const thrown = await thrownBy(collect(open(file('identity', keys.identity), failingAfter(failure, ...chunks))));
      assert.is(thrown, failure);
    }
  }));

test('reads its identities once for several archives, so that they may come from a pipe', () =>
  withKeyFiles(async (file) => {
    const pipe = join(dirname(file('somewhere')), 'pipe');
    if (spawnSync('mkfifo', [pipe]).status !== 0)
      return skipTest('an identity from a pipe, as there is no mkfifo here');
    const writing = createWriteStream(pipe);
    writing.end(`${keys.identity}\n`);
    const opener = createAgeArchiveOpener(pipe);
    for (let count = 0; count < 2; count += 1) assert.ok((await collect(opener(streamOf(sealed)))).equals(content));
  }));

test.run();
