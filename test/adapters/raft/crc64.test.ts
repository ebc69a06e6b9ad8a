import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createCrc64 } from '../../../src/adapters/raft/crc64.js';

async function crc64Of(...chunks: readonly Uint8Array[]): Promise<string> {
  const crc = await createCrc64();
  for (const chunk of chunks) crc.update(chunk);
  return Buffer.from(crc.digest()).toString('hex');
}

test('has the check value of CRC-64/ECMA as Go computes it', async () => {
  assert.is(await crc64Of(Buffer.from('123456789')), '995dc9bbdf1939fa');
});

test('is eight zero bytes of nothing', async () => {
  assert.is(await crc64Of(), '0000000000000000');
});

test('keeps leading zeros of the checksum', async () => {
  assert.is((await crc64Of(Uint8Array.of(0x9d, 0x6c))).length, 16);
});

test('does not depend on how the bytes are cut', () =>
  fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(300), async (bytes, cut) => {
      assert.is(await crc64Of(bytes.subarray(0, cut), bytes.subarray(cut)), await crc64Of(bytes));
    }),
  ));

test('two running at once do not disturb each other', async () => {
  const [one, other] = [await createCrc64(), await createCrc64()];
  one.update(Buffer.from('1234'));
  other.update(Buffer.from('something else'));
  one.update(Buffer.from('56789'));
  assert.is(Buffer.from(one.digest()).toString('hex'), '995dc9bbdf1939fa');
});

test.run();
