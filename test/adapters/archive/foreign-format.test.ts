import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { notGzip } from '../../../src/adapters/archive/foreign-format.js';
import { noise } from '../../builders/snapshot-bytes.js';

const test = suite('what is taken for a backup');
const content = Buffer.alloc(4096, 'state');

for (const [what, head, name, remedy] of [
  ['an error page', '<!DOCTYPE html>\n<html><body>403', 'a web page or XML', 'fetch the backup again'],
  ['a page behind a byte order mark', '\xef\xbb\xbf\n<HTML>', 'a web page or XML', 'fetch'],
  ['an answer of an object store', '<?xml version="1.0"?><Error><Code>NoSuchKey', 'a web page or XML', 'fetch'],
  ['an error in JSON', '{"error":"not found"}', 'JSON text', 'it may be an error'],
  ['a backup in base64', 'H4sIAAAAAAAAA+3TMQ6DMAwF0Mw', 'a backup in base64', '"encoding":"base64"'],
  ['an OpenPGP message', '-----BEGIN PGP MESSAGE-----\n\nhQ', 'encrypted with OpenPGP', '"encoding":"openpgp"'],
  ['what openssl has encrypted', 'Salted__12345678', 'encrypted with openssl enc', '"encoding":"openssl"'],
  ['a sealed snapshot', 'JACOENC\x01\x00\x02', 'a sealed file of a daemon', '"choose-another","parameter":"archive"'],
  ['a text', 'hello, world', 'not gzip data', 'Use another archive'],
  ['a text of words in angle brackets', '<hello>', 'not gzip data', 'Use another archive'],
] as const) {
  test(`is named where it is ${what}`, () => {
    const { message, remedies, code } = notGzip(Buffer.from(head, 'latin1'));
    assert.is(code, 'archive_rejected');
    assert.match(message, `it is ${name}`);
    assert.match(JSON.stringify(remedies), remedy);
  });
}

test('is named where it is zeros, of which a file has a block', () => {
  assert.match(notGzip(Buffer.alloc(4096)).message, 'it is nothing but zeros');
  assert.match(notGzip(Buffer.alloc(3)).message, 'it is not gzip data');
});

for (const [program, head] of [
  ['zstd', '28b52ffd6400100000'],
  ['xz', 'fd377a585a000004e6'],
  ['bzip2', '425a68393141592653'],
  ['lz4', '04224d186440a70000'],
] as const) {
  test(`is named where ${program} has compressed it`, () => {
    const { message, remedies } = notGzip(Buffer.concat([Buffer.from(head, 'hex'), content]));
    assert.match(message, `it is compressed with ${program}, not with gzip`);
    assert.equal(remedies, [{ kind: 'decode-archive', encoding: program }]);
  });
}

test('is never named otherwise where it is noise', () => {
  const bytes = Buffer.from(noise(20_000));
  for (let start = 0; start < bytes.length; start += 600) {
    assert.match(notGzip(bytes.subarray(start, start + 600)).message, 'it is not gzip data');
  }
});

test.run();
