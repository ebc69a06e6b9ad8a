import { gunzipSync, gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openTrialGround, type RestoredState, type Trial, type TrialGround } from './archive-trial.js';
import { metadataJson, sampleArchive, snapshotOf } from './sample-archive.js';
import { checksumField } from './tar-builder.js';

const test = suite('damaged archives');
const tar = gunzipSync(sampleArchive);
/** Several, since a trial mostly waits for the file system. */
const grounds = [openTrialGround(), openTrialGround(), openTrialGround()] as const;
let original: RestoredState;

test.before(async () => {
  const { restored } = await grounds[0].try(sampleArchive);
  if (restored === undefined) throw new Error('the sample cannot be restored');
  original = restored;
});
test.after(() => {
  for (const ground of grounds) ground.close();
});

type Damaged = readonly [where: string, archive: Uint8Array];

/** Restore and verification must say the same, and what they accept must be what was taken. */
function judge(trial: Trial, where: string): 'rejected' | 'harmless' {
  assert.is(trial.verifyError === undefined, trial.restoreError === undefined, `${where}: the two disagree`);
  if (trial.restoreError !== undefined) return 'rejected';
  assert.equal(trial.restored, original, where);
  return 'harmless';
}

async function judgeAll(archives: Generator<Damaged>) {
  const counts = { tried: 0, rejected: 0, harmless: 0 };
  const work = async (ground: TrialGround) => {
    for (const [where, archive] of archives) {
      counts.tried += 1;
      counts[judge(await ground.try(archive), where)] += 1;
    }
  };
  await Promise.all(grounds.map(work));
  return counts;
}

function flipped(bytes: Uint8Array, at: number, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] as number) ^ (1 << bit);
  return copy;
}

function* truncations(): Generator<Damaged> {
  for (let length = 0; length < sampleArchive.length; length++) {
    yield [`cut to ${length} bytes`, sampleArchive.subarray(0, length)] as const;
  }
}

function* bitFlips(): Generator<Damaged> {
  for (let at = 0; at < sampleArchive.length; at++) {
    for (let bit = 0; bit < 8; bit++) yield [`bit ${bit} of byte ${at}`, flipped(sampleArchive, at, bit)] as const;
  }
}

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
  const { tried, rejected } = await judgeAll(truncations());
  console.log(
    `\nNOTE: damaged archives: all ${tried} truncations of ${sampleArchive.length} bytes tried, ${rejected} rejected`,
  );
  assert.is(rejected, sampleArchive.length);
});

test('are rejected, or mean the same, whichever bit is flipped', async () => {
  const { tried, rejected, harmless } = await judgeAll(bitFlips());
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
    assert.equal(trial.restored, { ...original, snapshot: state }, where);
  }
  console.log(
    `\nNOTE: damaged archives: ${inState.length} bit flips in the state before compression, ${restored} restored as they are, the others rejected`,
  );
});

test.run();
