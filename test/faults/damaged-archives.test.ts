import { gunzipSync, gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bitFlips, type Damaged, flipped, openDamageTrials, truncations } from './damage-trials.js';
import { metadataJson, sampleArchive, snapshotOf } from './sample-archive.js';
import { checksumField } from './tar-builder.js';

const test = suite('damaged archives');
const tar = gunzipSync(sampleArchive);
const trials = openDamageTrials(sampleArchive);
const { grounds, judgeAll } = trials;

test.before(trials.begin);
test.after(trials.close);

/** Damage that happened before the archive was compressed: one bit of each byte of the tar. */
function* tarBitFlips(
  places: readonly number[],
  mend: (tar: Buffer, at: number) => void = () => undefined,
): Generator<Damaged> {
  for (const at of places) {
    const damaged = flipped(tar, at, at % 8);
    mend(damaged, at);
    yield [`bit ${at % 8} of byte ${at} of the tar`, gzipSync(damaged, { level: 1 })] as const;
  }
}

function mendChecksum(damaged: Buffer, at: number): void {
  const start = at - (at % 512);
  damaged.write(checksumField(damaged.subarray(start, start + 512)), start + 148, 'latin1');
}

const metadataStart = 512;
const secondHeader = metadataStart + Math.ceil(metadataJson().length / 512) * 512;
const snapshotStart = secondHeader + 512;
const contents = [
  [metadataStart, metadataStart + metadataJson().length],
  [snapshotStart, snapshotStart + snapshotOf().length],
] as const;
/** Every seventh byte, which meets all eight bits; scripts/fuzz-archives.mjs meets all bytes. */
const places = [...tar.keys()].filter((at) => at % 7 === 0);
const inHeaders = places.filter((at) => at < metadataStart || (at >= secondHeader && at < snapshotStart));
const outsideContent = places.filter((at) => contents.every(([start, end]) => at < start || at >= end));
const inState = [...tar.keys()].filter((at) => at >= snapshotStart && at < snapshotStart + snapshotOf().length);

test('are rejected when cut anywhere', async () => {
  const { tried, rejected } = await judgeAll(truncations(sampleArchive));
  console.log(
    `\nNOTE: damaged archives: all ${tried} truncations of ${sampleArchive.length} bytes tried, ${rejected} rejected`,
  );
  assert.is(rejected, sampleArchive.length);
});

test('are rejected, or mean the same, whichever bit is flipped', async () => {
  const { tried, rejected, harmless } = await judgeAll(bitFlips(sampleArchive));
  console.log(
    `\nNOTE: damaged archives: all ${tried} bit flips tried, ${rejected} rejected, ${harmless} in bits that carry no content`,
  );
  // gzip's modification time, extra flags, operating system and "is text", and bits that deflate does not need.
  assert.ok(harmless >= 32 + 8 + 8 + 1, `${harmless} harmless`);
});

test('are rejected, or mean the same, when the tar was damaged before it was compressed', async () => {
  const { tried, rejected, harmless } = await judgeAll(tarBitFlips(outsideContent));
  console.log(
    `\nNOTE: damaged archives: ${tried} bit flips outside the content of the tar, ${rejected} rejected, ${harmless} in padding`,
  );
  assert.is(rejected + harmless, outsideContent.length);
});

test('are rejected, or mean the same, when a header has a right checksum over a wrong field', async () => {
  const { tried, rejected, harmless } = await judgeAll(tarBitFlips(inHeaders, mendChecksum));
  console.log(
    `\nNOTE: damaged archives: ${tried} bit flips in tar headers with mended checksums, ${rejected} rejected, ${harmless} in fields that carry no content`,
  );
  assert.is(rejected + harmless, inHeaders.length);
});

test('never restore another state than the one that is compressed', async () => {
  let restored = 0;
  for (const [where, archive] of tarBitFlips(inState)) {
    const trial = await grounds[0].try(archive);
    assert.is(trial.verifyError === undefined, trial.restoreError === undefined, where);
    if (trial.restored === undefined) continue;
    restored += 1;
    const state = gunzipSync(archive).subarray(snapshotStart, snapshotStart + snapshotOf().length);
    assert.equal(trial.restored, { ...trials.original(), snapshot: state }, where);
  }
  console.log(
    `\nNOTE: damaged archives: ${inState.length} bit flips in the state before compression, ${restored} restored as they are, the others rejected`,
  );
});

test.run();
