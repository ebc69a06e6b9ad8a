import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { damageOf } from '../../../src/adapters/raft/damaged-store.js';
import { decodeLogEntry, encodeLogEntry, type LogEntry } from '../../../src/adapters/raft/log-entry.js';
import { locatedNowhere, locateUsualLogEntry } from '../../../src/adapters/raft/usual-log-entry.js';
import { isJacoError } from '../../../src/domain/errors.js';

const refuse = damageOf('log.db');
const nothing = new Uint8Array(0);
const hexOf = (entry: LogEntry) => Buffer.from(encodeLogEntry(entry)).toString('hex');
/** The same, whatever kind of array its bytes are in. */
const inNumbers = (entry: LogEntry) => ({ ...entry, data: [...entry.data], extensions: [...entry.extensions] });
const decodeHex = (hex: string) => decodeLogEntry(Buffer.from(hex, 'hex'), refuse);

/** 2024-05-06T07:08:09.123456789Z */
const instant = 1_714_979_289_123_456_789n;

/** Entries, and what raft-boltdb v2.3.1 stored for them. */
const golden: readonly (readonly [LogEntry, string])[] = [
  [
    {
      index: 1n,
      term: 1n,
      type: 'command',
      data: Buffer.from('hello'),
      extensions: nothing,
      appendedAtNanoseconds: instant,
    },
    '86aa417070656e6465644174af010000000eddca78d9075bcd15ffffa444617461a568656c6c6faa457874656e73696f6e73c0a5496e64657801a45465726d01a45479706500',
  ],
  [
    { index: 2n, term: 127n, type: 'noop', data: nothing, extensions: nothing, appendedAtNanoseconds: undefined },
    '86aa417070656e6465644174af01000000000000000000000000ffffa444617461c0aa457874656e73696f6e73c0a5496e64657802a45465726d7fa45479706501',
  ],
  [
    {
      index: 65536n,
      term: 4294967295n,
      type: 'command',
      data: Buffer.alloc(32, 1),
      extensions: nothing,
      appendedAtNanoseconds: undefined,
    },
    `86aa417070656e6465644174af01000000000000000000000000ffffa444617461da0020${'01'.repeat(32)}aa457874656e73696f6e73c0a5496e646578ce00010000a45465726dceffffffffa45479706500`,
  ],
];

for (const [entry, hex] of golden) {
  test(`writes entry ${entry.index} as raft-boltdb does`, () => {
    assert.is(hexOf(entry), hex);
  });
  test(`reads entry ${entry.index} that raft-boltdb wrote`, () => {
    const read = decodeHex(hex);
    assert.equal(
      { ...read, data: Buffer.from(read.data).toString('hex') },
      {
        ...entry,
        data: Buffer.from(entry.data).toString('hex'),
      },
    );
  });
}

test('reads a time in a zone, with empty data and extensions', () => {
  const read = decodeHex(
    '86aa417070656e6465644174af010000000eddca78d9075bcd150078a444617461a0aa457874656e73696f6e73a178a5496e646578cc80a45465726dccffa45479706505',
  );
  assert.is(read.appendedAtNanoseconds, instant);
  assert.is(read.type, 'configuration');
  assert.is(Buffer.from(read.extensions).toString(), 'x');
});

test('reads a time in a zone with seconds', () => {
  const hex = golden[0]?.[1].replace('af010000000eddca78d9075bcd15ffff', 'b0020000000eddca78d9075bcd15ffc4ff') ?? '';
  assert.is(decodeHex(hex).appendedAtNanoseconds, instant);
});

test("reads times in raft-boltdb's newer format", () => {
  const withTime = (raw: string) =>
    decodeHex((golden[0]?.[1] ?? '').replace('af010000000eddca78d9075bcd15ffff', raw)).appendedAtNanoseconds;
  assert.is(withTime('c0'), undefined);
  assert.is(withTime('a400000001'), 1_000_000_000n);
  assert.is(withTime(`a8${((123n << 34n) | 5n).toString(16).padStart(16, '0')}`), 5_000_000_123n);
  assert.is(withTime('ac00000007ffffffffffffffff'), -999_999_993n);
});

const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const anyEntry = fc.record({
  index: uint64,
  term: uint64,
  type: fc.constantFrom('command' as const, 'noop' as const, 'barrier' as const, 'configuration' as const),
  data: fc.uint8Array({ maxLength: 300 }),
  extensions: fc.uint8Array({ maxLength: 40 }),
  appendedAtNanoseconds: fc.option(fc.bigInt({ min: 0n, max: 2n ** 63n }), { nil: undefined }),
});

test('is read back as it was written', () => {
  fc.assert(
    fc.property(anyEntry, (entry) => {
      const read = decodeLogEntry(encodeLogEntry(entry), refuse);
      assert.equal(inNumbers(read), inNumbers(entry));
    }),
  );
});

test('carries data longer than 64 KiB', () => {
  const data = Buffer.alloc(70_000, 7);
  const read = decodeLogEntry(encodeLogEntry({ ...(golden[0]?.[0] as LogEntry), data }), refuse);
  assert.is(Buffer.compare(read.data, data), 0);
});

test('bytes that are not an entry are refused and never crash the reader', () => {
  const damaged = fc.oneof(
    fc.uint8Array({ maxLength: 120 }),
    fc.tuple(anyEntry, fc.nat(), fc.integer({ min: 1, max: 255 })).map(([entry, position, change]) => {
      const bytes = Uint8Array.from(encodeLogEntry(entry));
      bytes[position % bytes.length] = (bytes[position % bytes.length] ?? 0) ^ change;
      return bytes;
    }),
    fc.tuple(anyEntry, fc.nat()).map(([entry, length]) => {
      const bytes = encodeLogEntry(entry);
      return bytes.subarray(0, length % bytes.length);
    }),
  );
  fc.assert(
    fc.property(damaged, (bytes) => {
      try {
        decodeLogEntry(bytes, refuse);
      } catch (error) {
        assert.ok(isJacoError(error, 'store_damaged'), String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

test('a count that lies ends at the end of the bytes', () => {
  for (const hex of ['ddffffffff', 'dfffffffff', 'dbffffffff', '91'.repeat(100_000), '86', '']) {
    assert.throws(
      () => decodeHex(hex),
      (error: unknown) => isJacoError(error, 'store_damaged'),
    );
  }
});

test('reads an entry alike whether its msgpack is of the usual form or not', () =>
  fc.assert(
    fc.property(anyEntry, fc.boolean(), (any, isUsual) => {
      const small = { index: any.index % 2n ** 53n, term: any.term % 2n ** 53n, extensions: nothing };
      const entry = isUsual ? { ...any, ...small } : any;
      const usual = encodeLogEntry(entry);
      if (isUsual) assert.ok(locateUsualLogEntry(usual, 0, usual.length, locatedNowhere()));
      // The number of fields in the longer form, which the engine does not write and which means the same.
      const other = Buffer.concat([Uint8Array.of(0xde, 0, 6), usual.subarray(1)]);
      assert.equal(inNumbers(decodeLogEntry(other, refuse)), inNumbers(decodeLogEntry(usual, refuse)));
    }),
  ));

test.run();
