import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { composeArchive } from '../../../src/adapters/archive/archive-composer.js';
import { inflateGzipMember } from '../../../src/adapters/archive/gzip-member.js';
import { releasePieces } from '../../../src/adapters/host/spent-pieces.js';
import { openEnvelopes, sealEnvelopes } from '../../../src/adapters/seal/envelope-stream.js';
import { raftCommand, raftFormat } from '../../../src/adapters/seal/purposes.js';
import { collect, inChunksOf, streamOf } from '../../builders/byte-streams.js';
import { keyringOf } from '../../builders/keyrings.js';
import { noise } from '../../builders/snapshot-bytes.js';

const test = suite('freeing pieces that have passed');

const mebibyte = 1024 * 1024;
const real = globalThis.gc;
let collections: unknown[];
let fullCollections: number;

test.before.each(() => {
  collections = [];
  fullCollections = 0;
  globalThis.gc = ((options?: NodeJS.GCOptions) => {
    if (options === undefined) fullCollections += 1;
    else collections.push(options);
  }) as NodeJS.GCFunction;
});

test.after(() => {
  globalThis.gc = real;
});

test('collects the young garbage once eight MiB have passed, and again after eight more', () => {
  for (let passed = 0; passed < 7; passed += 1) releasePieces(mebibyte);
  assert.equal(collections, []);
  releasePieces(mebibyte);
  assert.equal(collections, [{ type: 'minor' }]);
  for (let passed = 0; passed < 8; passed += 1) releasePieces(mebibyte);
  assert.is(collections.length, 2);
});

test('collects all garbage, but not again soon, where more is kept than any command uses', () => {
  const before = process.memoryUsage().external;
  const kept = Buffer.alloc(Math.max(0, 33 * mebibyte - before) + 1);
  releasePieces(64 * mebibyte);
  assert.is(fullCollections, 1);
  releasePieces(56 * mebibyte);
  assert.is(fullCollections, 1);
  releasePieces(8 * mebibyte);
  assert.is(fullCollections, 2);
  assert.is(kept.length > 0, true);
});

test('counts inflated bytes, not bytes read', async () => {
  for await (const _ of inflateGzipMember(streamOf(gzipSync(new Uint8Array(40 * mebibyte)))));
  assert.is(collections.length, 5);
});

test('counts a sealed byte four times, with what its layers and its archive leave', async () => {
  const ring = keyringOf('ring-1');
  const layers = [raftCommand, raftFormat].map((purpose) => ({ ring, purpose }));
  const sealed = await collect(sealEnvelopes(streamOf(new Uint8Array(16 * mebibyte)), layers));
  const refuse = { damaged: (reason: string) => new Error(reason), locked: (reason: string) => new Error(reason) };
  const archived = inflateGzipMember(streamOf(gzipSync(sealed)));
  for await (const _ of openEnvelopes(
    archived,
    layers.reverse().map((layer) => ({ ...layer, refuse })),
  ));
  assert.is(collections.length, 8);
});

test('counts a byte of an archive that is composed three times', async () => {
  releasePieces(8 * mebibyte);
  collections = [];
  // A collection forgets what has passed beyond its eight MiB.
  const snapshot = noise(17 * mebibyte);
  const parts = { metadata: Buffer.from('{}'), snapshotSizeBytes: snapshot.length, madeAtMs: 0 };
  for await (const _ of composeArchive({ ...parts, snapshot: inChunksOf(mebibyte, snapshot) }));
  assert.is(collections.length, 6);
});

test('leaves V8 alone where it offers no collector', () => {
  globalThis.gc = undefined;
  releasePieces(64 * mebibyte);
});

test.run();
