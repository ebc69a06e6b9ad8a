import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bitFlips, type Damaged, flipped, openDamageTrials, truncations } from './damage-trials.js';
import { snapshotOf } from './sample-archive.js';
import { ring, sealedArchive, sealedMetadata, sealedSample, sealedSnapshot } from './sealed-sample.js';

const test = suite('damaged archives whose state is sealed');
const trials = openDamageTrials(sealedSample.archive, ring);
const snapshot = sealedSnapshot(snapshotOf());

test.before(trials.begin);
test.after(trials.close);

/** Damage before compression, with checksums that are right: only the seal can find it. */
function* behindChecksums(damages: Generator<Damaged>): Generator<Damaged> {
  for (const [where, damaged] of damages) yield [`${where} of snapshot.bin`, sealedArchive(damaged)];
}

function* changedMetadata(): Generator<Damaged> {
  const bytes = Buffer.from(sealedMetadata);
  for (const at of bytes.keys()) {
    for (let bit = 0; bit < 8; bit++) {
      yield [`bit ${bit} of byte ${at} of meta.json`, sealedArchive(snapshot, flipped(bytes, at, bit))];
    }
  }
}

test('are rejected when cut anywhere', async () => {
  const { tried, rejected } = await trials.judgeAll(truncations(sealedSample.archive));
  console.log(`\nNOTE: sealed archives: all ${tried} truncations tried, ${rejected} rejected`);
  assert.is(rejected, sealedSample.archive.length);
});

function* oneBitOfEachByte(archive: Uint8Array): Generator<Damaged> {
  for (let at = 0; at < archive.length; at++) {
    yield [`bit ${at % 8} of byte ${at}`, flipped(archive, at, at % 8)];
  }
}

test('are rejected, or mean the same, when a bit of any byte is flipped', async () => {
  const { tried, rejected, harmless } = await trials.judgeAll(oneBitOfEachByte(sealedSample.archive));
  console.log(
    `\nNOTE: sealed archives: ${tried} bit flips tried, ${rejected} rejected, ${harmless} in bits that carry no content`,
  );
  assert.is(tried, sealedSample.archive.length);
  assert.ok(rejected > harmless);
});

test('are rejected when snapshot.bin was cut anywhere before it was compressed', async () => {
  const { rejected } = await trials.judgeAll(behindChecksums(truncations(snapshot)));
  console.log(`\nNOTE: sealed archives: all ${rejected} truncations of snapshot.bin rejected`);
  assert.is(rejected, snapshot.length);
});

test('are rejected whichever bit of snapshot.bin was flipped before it was compressed', async () => {
  const { rejected } = await trials.judgeAll(behindChecksums(bitFlips(snapshot)));
  console.log(`\nNOTE: sealed archives: all ${rejected} bit flips of snapshot.bin rejected`);
  assert.is(rejected, 8 * snapshot.length);
});

test('are rejected whichever bit of meta.json was flipped, though it may be good JSON still', async () => {
  let tried = 0;
  for (const [where, archive] of changedMetadata()) {
    const { restoreError, verifyError } = await trials.grounds[0].try(archive);
    assert.ok(restoreError !== undefined, where);
    // A backup saves what says it is of a later schema.
    assert.ok(verifyError !== undefined || restoreError.code === 'schema_unsupported', where);
    tried += 1;
  }
  console.log(`\nNOTE: sealed archives: all ${tried} bit flips of meta.json rejected`);
  assert.is(tried, 8 * Buffer.byteLength(sealedMetadata));
});

test.run();
