import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createStreamingArchiveVerifier } from '../../src/adapters/archive/streaming-archive-verifier.js';
import { archiveFiles } from '../builders/archive-files.js';
import { openTrialGround, type Trial } from './archive-trial.js';
import { metadataBlocks, metadataJson, snapshotAs, snapshotBlocks, snapshotOf, varint } from './sample-archive.js';
import { endOfTar, paxHeader, tarEntry, tarHeader } from './tar-builder.js';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/** How much memory a bomb of any size may cost: buffers and compiled code. */
const memoryBound = 128 * MiB;

/** 64 MiB of one byte as deflate blocks that can stand in the middle of a member: less than 100 KiB. */
const zeros = Buffer.concat(Array(64).fill(deflatePiece(Buffer.alloc(MiB))));
const letters = Buffer.concat(Array(64).fill(deflatePiece(Buffer.alloc(MiB, 'x'))));
const gzipHeader = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

function deflatePiece(bytes: Uint8Array): Buffer {
  return deflateRawSync(bytes, { finishFlush: constants.Z_FULL_FLUSH });
}

/** A gzip member of `start`, and then `piece` that many times. It has no end: no reader may get there. */
function* bomb(start: readonly Uint8Array[], piece: Uint8Array, times: number): Generator<Uint8Array> {
  yield Buffer.concat([gzipHeader, deflatePiece(Buffer.concat(start))]);
  for (let count = 0; count < times; count++) yield piece;
}

const test = suite('archive bombs');
const ground = openTrialGround({ snapshotBytes: 16 * MiB });
test.after(() => ground.close());

/** Tries a bomb from a file, and notes what it costs. */
async function explode(what: string, pieces: () => Iterable<Uint8Array>): Promise<Trial> {
  const path = join(ground.scratch, 'bomb.tar.gz');
  await pipeline(Readable.from(pieces()), createWriteStream(path));
  const trial = await inBoundedMemory(what, () => ground.tryFile(path, () => createReadStream(path)));
  // A restore names the file besides.
  assert.ok(trial.restoreError?.message.endsWith(`: ${trial.verifyError?.message}`), trial.restoreError?.message);
  return trial;
}

/** Runs `work`, and bounds how much larger the process becomes at any time meanwhile. */
async function inBoundedMemory<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const beforeBytes = process.memoryUsage().rss;
  let peakBytes = beforeBytes;
  const look = () => {
    peakBytes = Math.max(peakBytes, process.memoryUsage().rss);
  };
  const looking = setInterval(look, 2);
  const result = await work().finally(() => clearInterval(looking));
  look();
  const grownBytes = peakBytes - beforeBytes;
  console.log(`\nNOTE: archive bombs: ${what}: ${Math.round(grownBytes / MiB)} MiB more memory`);
  assert.ok(grownBytes < memoryBound, `${grownBytes} bytes more`);
  return result;
}

test('that declare 16 GiB of zeros are stopped by the limit', async () => {
  const start = [metadataBlocks, tarHeader({ name: 'snapshot.bin', size: 16 * GiB })];
  const { restoreError } = await explode('a snapshot of 16 GiB', () => bomb(start, zeros, 256));
  assert.is(restoreError?.code, 'archive_too_large');
  assert.match(restoreError?.message ?? '', '17179869184 bytes, more than the limit of 16777216');
});

test('that declare little, and then continue with zeros, are stopped after the end of the tar', async () => {
  const { restoreError } = await explode('16 GiB of zeros behind the end', () =>
    bomb([metadataBlocks, snapshotBlocks, endOfTar], zeros, 256),
  );
  assert.is(restoreError?.code, 'archive_rejected');
  assert.match(restoreError?.message ?? '', 'its tar goes on after its end');
});

test('that declare little, and then go on with anything else, are stopped at the next header', async () => {
  const start = [metadataBlocks, snapshotAs({ size: 512 }, Buffer.alloc(512))];
  const { restoreError } = await explode('16 GiB behind a small snapshot', () => bomb(start, letters, 256));
  assert.match(restoreError?.message ?? '', 'the checksum of a header is wrong');
});

test('whose meta.json claims gigabytes are refused before the first of them', async () => {
  const start = [tarHeader({ name: 'meta.json', size: 4 * GiB }), Buffer.from(metadataJson())];
  const { restoreError } = await explode('a meta.json of 4 GiB', () => bomb(start, letters, 64));
  assert.match(restoreError?.message ?? '', 'meta.json claims 4294967296 bytes');
});

test('with meta.json after a snapshot that is too large are stopped by the limit', async () => {
  const start = [tarHeader({ name: 'snapshot.bin', size: 16 * MiB + 1 })];
  const { restoreError } = await explode('a large snapshot in front of meta.json', () => bomb(start, letters, 4));
  assert.is(restoreError?.code, 'archive_too_large');
});

test('of extended headers without end are refused at the second', async () => {
  const header = deflatePiece(paxHeader({ comment: 'x'.repeat(60_000) }));
  const { restoreError } = await explode('10000 extended headers', () => bomb([metadataBlocks], header, 10_000));
  assert.match(restoreError?.message ?? '', 'extended headers that no backup has');
});

test('of GNU names of 4 MiB are refused by their type', async () => {
  const name = deflatePiece(tarEntry({ name: 'x', type: 'L', format: 'gnu' }, Buffer.alloc(4 * MiB, 'x')));
  const { restoreError } = await explode('1000 GNU names of 4 MiB', () => bomb([metadataBlocks], name, 1000));
  assert.match(restoreError?.message ?? '', 'a header of type "L"');
});

test('of a gzip header without end are refused', async () => {
  const start = Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 255]);
  function* pieces() {
    yield start;
    for (let count = 0; count < 64; count++) yield Buffer.alloc(MiB, 'x');
  }
  const { restoreError } = await explode('a gzip header of 64 MiB', pieces);
  assert.match(restoreError?.message ?? '', 'its gzip header does not end');
});

test('of numbers that take long to read are refused in time', async () => {
  const digits = metadataJson({ snapshot_index: '9'.repeat(60_000) });
  const { restoreError } = await explode('an index of 60000 digits', () =>
    bomb([tarEntry({ name: 'meta.json' }, digits), snapshotBlocks, endOfTar], Buffer.from([3, 0]), 1),
  );
  assert.match(restoreError?.message ?? '', 'snapshot_index is not a whole number');
});

test('that are honest and within the limit pass through flat memory', async () => {
  const limits = { snapshotBytes: GiB };
  const path = join(ground.scratch, 'honest.tar.gz');
  const snapshotBytes = await writeHonestArchive(path);
  const readBytes = await inBoundedMemory('an honest snapshot of 512 MiB, read', async () => {
    const opened = await archiveFiles(limits).open(path);
    let bytes = 0;
    for await (const chunk of opened.snapshot) bytes += chunk.length;
    await opened.close();
    return bytes;
  });
  const passage = createStreamingArchiveVerifier(limits).verify(createReadStream(path));
  await inBoundedMemory('an honest snapshot of 512 MiB, verified', async () => {
    for await (const _ of passage.bytes);
  });
  assert.is(readBytes, snapshotBytes);
  assert.is(passage.summary().snapshotSizeBytes, snapshotBytes);
});

/** A whole archive whose snapshot is a good state with 512 MiB of zeros in one field; returns the snapshot's size. */
async function writeHonestArchive(path: string): Promise<number> {
  const zeroBytes = 8 * 64 * MiB;
  const head = Buffer.concat([snapshotOf(), varint(3n * 8n + 2n), varint(BigInt(zeroBytes))]);
  const snapshotBytes = head.length + zeroBytes;
  const start = Buffer.concat([metadataBlocks, tarHeader({ name: 'snapshot.bin', size: snapshotBytes }), head]);
  const tail = Buffer.concat([Buffer.alloc(-snapshotBytes & 511), endOfTar]);
  const oneMiB = Buffer.alloc(MiB);
  let checksum = crc32(start);
  for (let count = 0; count < zeroBytes / MiB; count++) checksum = crc32(oneMiB, checksum);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(tail, checksum), 0);
  trailer.writeUInt32LE(start.length + zeroBytes + tail.length, 4);
  const pieces = [...bomb([start], zeros, 8), deflateRawSync(tail), trailer];
  await pipeline(Readable.from(pieces), createWriteStream(path));
  return snapshotBytes;
}

test.run();
