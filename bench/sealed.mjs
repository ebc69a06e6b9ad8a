// What sealing costs: the restore of a sealed archive side by side with that of the plain archive of the same state, and the
// peak of resident memory of what opens and seals. `--mib 64 --rounds 1` is a quick run; `--mib 8200` needs 25 GiB of disk.
import { join } from 'node:path';
import {
  archiveOf,
  clear,
  keyringOf,
  median,
  numberFrom,
  printRace,
  program,
  race,
  run,
  sealedArchiveOf,
  workDirectory,
} from './runs.mjs';

const sizeMebibytes = numberFrom('mib', 1024);
const rounds = numberFrom('rounds', 5);
const limit = ['--max-snapshot-size', '64GiB'];
const [target, again] = /** @type {[string, string]} */ (
  ['sealed-restored', 'again.tar.gz'].map((name) => join(workDirectory, name))
);
const jaco = (/** @type {string[]} */ ...words) => [process.execPath, program, ...words];

const plain = archiveOf(sizeMebibytes);
const { path: sealed, ring } = await sealedArchiveOf(sizeMebibytes);
const next = await keyringOf('next-ring', ring);

const restoring = [
  ...['restore', '--name', 'bench', '--data-dir', target, '--advertise-addr', '10.0.0.1:7001'],
  ...['--socket', join(workDirectory, 'absent.sock'), ...limit],
];
console.log(`restore of ${sizeMebibytes} MiB of sealed state`);
printRace(
  await race(
    [
      { name: 'sealed', words: [...restoring, '--input', sealed, '--key-file', ring] },
      { name: 'plain', words: [...restoring, '--input', plain] },
      {
        name: 'plain into a sealed store',
        words: [...restoring, '--input', plain, '--key-file', ring, '--allow-plain'],
      },
    ].map(({ name, words }) => ({ name, prepare: () => clear(target), command: jaco(...words) })),
    rounds,
  ),
);
clear(target);

for (const [name, words] of /** @type {[string, string[]][]} */ ([
  ['inspect', ['inspect', sealed, '--key-file', ring, ...limit]],
  [
    'reencrypt',
    [
      'state',
      'reencrypt-backup',
      '--input',
      sealed,
      '--file',
      again,
      '--key-file',
      ring,
      '--new-key-file',
      next,
      ...limit,
    ],
  ],
])) {
  const peaks = [];
  for (let round = 0; round < rounds; round++) {
    clear(again);
    peaks.push((await run({ command: jaco(...words) })).peakMebibytes ?? Number.NaN);
  }
  console.log(
    `${name.padEnd(10)} peak ${median(peaks).toFixed(0)} MiB (${peaks.map((peak) => peak.toFixed(0)).join(', ')})`,
  );
}
clear(again);
