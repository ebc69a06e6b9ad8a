import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  isKeyId,
  longestEnvelopeHeaderBytes,
  readEnvelopeHeader,
  writeEnvelopeHeader,
} from '../../../src/domain/archive/envelope-header.js';

const test = suite('the header of an envelope');
const bytesOf = (text: string) => Uint8Array.from([...text].map((letter) => letter.charCodeAt(0)));

test('a header written for a key is read back, with the position of the sealed data key', () => {
  for (const keyId of ['k', 'cluster-v1', 'x'.repeat(64)]) {
    const header = writeEnvelopeHeader(keyId);
    const read = readEnvelopeHeader(Uint8Array.from([...header, 1, 2, 3]));
    assert.equal(read, { kind: 'envelope', keyId, headerBytes: header.length });
    assert.ok(header.length <= longestEnvelopeHeaderBytes);
  }
});

test('it is the magic, a version of one byte, the length of the id and the id', () => {
  assert.equal(writeEnvelopeHeader('key-1'), bytesOf('JACOENC\x01\x00\x05key-1'));
});

test('as long as bytes are missing, nothing is said', () => {
  const header = writeEnvelopeHeader('cluster-v1');
  for (let count = 0; count < header.length; count += 1) {
    assert.equal(readEnvelopeHeader(header.subarray(0, count)), { kind: 'incomplete' }, `${count} bytes`);
  }
});

test('bytes without the magic are plain, from the first different byte on', () => {
  for (const start of ['\n', 'jacoenc', 'JACOENX\x01']) {
    assert.equal(readEnvelopeHeader(bytesOf(start)), { kind: 'plain' });
  }
});

test('the magic with another version does not count as plain', () => {
  assert.equal(readEnvelopeHeader(bytesOf('JACOENC\x02')), { kind: 'other-version', version: 2 });
});

test('an id that a ring cannot hold is invalid', () => {
  for (const id of ['\x00\x00', '\x00\x41', '\xff\xff', '\x00\x03a b']) {
    assert.equal(readEnvelopeHeader(bytesOf(`JACOENC\x01${id}`)), { kind: 'nameless' });
  }
});

test('an id has 1 to 64 letters, digits, hyphens and underscores', () => {
  assert.ok(['a', 'A-Za-z0-9_-', 'x'.repeat(64)].every(isKeyId));
  assert.not.ok(['', 'x'.repeat(65), 'a.b', 'a b', 'ä', 'a\n'].some(isKeyId));
});

test.run();
