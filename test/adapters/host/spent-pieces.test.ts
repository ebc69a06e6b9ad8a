import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inflateGzipMember } from '../../../src/adapters/archive/gzip-member.js';
import { createPieceRelease } from '../../../src/adapters/host/spent-pieces.js';
import { streamOf } from '../../builders/byte-streams.js';

const test = suite('freeing pieces that have passed');

const mebibyte = 1024 * 1024;
const real = globalThis.gc;
let collections: unknown[];

test.before.each(() => {
  collections = [];
  globalThis.gc = ((...options: unknown[]) => void collections.push(...options)) as NodeJS.GCFunction;
});

test.after(() => {
  globalThis.gc = real;
});

test('collects the young garbage once eight MiB have passed, and again after eight more', () => {
  const release = createPieceRelease();
  for (let passed = 0; passed < 7; passed += 1) release(mebibyte);
  assert.equal(collections, []);
  release(mebibyte);
  assert.equal(collections, [{ type: 'minor' }]);
  for (let passed = 0; passed < 8; passed += 1) release(mebibyte);
  assert.is(collections.length, 2);
});

test('counts inflated bytes, not bytes read', async () => {
  for await (const _ of inflateGzipMember(streamOf(gzipSync(new Uint8Array(40 * mebibyte)))));
  assert.is(collections.length, 5);
});

test('leaves V8 alone where it offers no collector', () => {
  globalThis.gc = undefined;
  createPieceRelease()(64 * mebibyte);
});

test.run();
