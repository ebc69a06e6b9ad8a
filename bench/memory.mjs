// The peak of resident memory over the size of the state and of its records: it must not grow with either.
import { join } from 'node:path';
import { serveArchive } from './archive-daemon.mjs';
import { archiveOf, clear, numberFrom, program, run, workDirectory } from './runs.mjs';

const largeMebibytes = numberFrom('large', 1024);
/** @type {[number, 'large' | 'small'][]} */
const states = [
  [numberFrom('small', 64), 'large'],
  [largeMebibytes, 'large'],
  [largeMebibytes, 'small'],
  ...(process.argv.includes('--huge') ? /** @type {[number, 'large'][]} */ ([[8200, 'large']]) : []),
];
const [target, output, socket] = ['memory', 'memory.tar.gz', 'memory.sock'].map((name) => join(workDirectory, name));
const limit = ['--max-snapshot-size', '64GiB'];
const restore = [
  '--name',
  'bench',
  '--data-dir',
  `${target}`,
  '--advertise-addr',
  '10.0.0.1:7001',
  '--socket',
  '/nonexistent',
  ...limit,
];

for (const [mib, records] of states) {
  const archive = archiveOf(mib, records);
  const daemon = await serveArchive(archive, `unix:${socket}`);
  try {
    for (const [name, parameters] of /** @type {[string, string[]][]} */ ([
      ['restore', ['restore', '--input', archive, ...restore]],
      ['backup', ['backup', '--socket', `${socket}`, '--output', `${output}`, ...limit]],
      ['inspect', ['inspect', archive, ...limit]],
    ])) {
      const peaks = [];
      for (let round = 0; round < numberFrom('rounds', 3); round++) {
        clear(`${target}`);
        clear(`${output}`);
        const { peakMebibytes } = await run({ command: [process.execPath, program, ...parameters] });
        peaks.push(peakMebibytes ?? Number.NaN);
      }
      console.log(
        `${name.padEnd(8)} ${String(mib).padStart(5)} MiB of state in ${records} records: peak ${peaks.map((peak) => peak.toFixed(0)).join(', ')} MiB`,
      );
    }
  } finally {
    daemon.stop();
  }
}
for (const path of [target, output]) clear(`${path}`);
