// Gives random and damaged archives to a restore and to the verification of a backup, for the given time, and reports
// the results. Both must refuse an archive with an error of the catalogue, or restore must produce the state that was
// verified; nothing else may be left. Needs `node scripts/build.mjs --tests` first.
//
//   node scripts/fuzz-archives.mjs [--seconds 180] [--seed 1]
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '180' }, seed: { type: 'string', default: '1' } },
});
const seconds = Number(values.seconds);
const firstSeed = Number(values.seed);
if (!(seconds > 0) || !Number.isSafeInteger(firstSeed)) {
  console.error('fuzz-archives: --seconds takes a number above 0, --seed a whole number');
  process.exit(1);
}

const root = new URL('..', import.meta.url).pathname;
/** @param {string} name @returns {Promise<any>} */
const load = (name) => import(join(root, 'build/test/faults', `${name}.js`));
/** @type {typeof import('../test/faults/any-hostile-archive.js')} */
const { anyHostileArchive } = await load('any-hostile-archive');
/** @type {typeof import('../test/faults/any-backup.js')} */
const { anyBackup, anyChunking, cut } = await load('any-backup');
/** @type {typeof import('../test/faults/archive-trial.js')} */
const { openTrialGround, requireAgreement } = await load('archive-trial');

/** How many archives are made from one seed. */
const batch = 100;

/** By kind, then by outcome. @type {Map<string, Map<string, number>>} */
const outcomes = new Map();
/** @param {string} kind @param {string} outcome */
function count(kind, outcome) {
  const ofKind = outcomes.get(kind) ?? new Map();
  outcomes.set(kind, ofKind.set(outcome, (ofKind.get(outcome) ?? 0) + 1));
}

const ground = openTrialGround();
const good = anyBackup.map(({ archive }) => ({ kind: 'good', archive }));
const anyArchive = fc.oneof({ weight: 12, arbitrary: anyHostileArchive }, { weight: 1, arbitrary: good });
const archives = fc.tuple(anyArchive, anyChunking);
const deadline = performance.now() + seconds * 1000;
const startMemory = process.memoryUsage().rss;
let peakMemory = startMemory;
let slowestMs = 0;
let tried = 0;
let seed = firstSeed;

try {
  for (; performance.now() < deadline; seed++) {
    for (const [{ kind, archive }, chunking] of fc.sample(archives, { seed, numRuns: batch })) {
      const started = performance.now();
      try {
        const trial = await ground.try(archive, cut(archive, chunking));
        requireAgreement(trial);
        if (kind === 'good' && trial.restored === undefined) throw new Error(trial.restoreError?.message);
        count(kind, trial.restoreError?.code ?? 'restored');
      } catch (error) {
        const path = join(process.cwd(), `fuzz-failure-${seed}.tar.gz`);
        writeFileSync(path, archive);
        console.error(`FAILED with --seed ${seed}: ${kind}, kept in ${path}, pieces of ${chunking}`);
        throw error;
      }
      slowestMs = Math.max(slowestMs, performance.now() - started);
      tried += 1;
    }
    peakMemory = Math.max(peakMemory, process.memoryUsage().rss);
  }
} finally {
  ground.close();
}

const MiB = 1024 ** 2;
for (const [kind, ofKind] of outcomes) {
  console.log(`${kind}: ${[...ofKind].map(([outcome, number]) => `${number} ${outcome}`).join(', ')}`);
}
console.log(
  `${tried} archives in ${seconds} s from seeds ${firstSeed} to ${seed - 1}, 0 failures; slowest ${slowestMs.toFixed(0)} ms, ` +
    `memory ${(startMemory / MiB).toFixed(0)} MiB at the start, at most ${(peakMemory / MiB).toFixed(0)} MiB`,
);
