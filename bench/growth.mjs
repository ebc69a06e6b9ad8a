// Time and memory over the size of the state, for us and for what is used instead: as a table, and as a plot in docs/.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serveArchive } from './archive-daemon.mjs';
import { drawGrowth } from './growth-plot.mjs';
import { archiveOf, clear, median, numberFrom, program, race, root, workDirectory } from './runs.mjs';

const largest = numberFrom('largest', 1024);
// The largest is more than tar's octal sizes can say, 8 GiB.
const sizes = [1, 4, 16, 64, 256, 1024, 8200].filter((mib) => mib <= largest);
const [target, output, socket] = /** @type {[string, string, string]} */ (
  ['growth', 'growth.tar.gz', 'growth.sock'].map((name) => join(workDirectory, name))
);
const limit = ['--max-snapshot-size', '64GiB'];
const jaco = [process.execPath, program];

/** @param {string} archive @returns {import('./runs.mjs').Contender[]} */
function contenders(archive) {
  const emptyTarget = () => {
    clear(target);
    mkdirSync(target);
  };
  const noOutput = () => clear(output);
  return [
    {
      name: 'jaco restore',
      prepare: () => clear(target),
      command: [
        ...jaco,
        'restore',
        '--input',
        archive,
        '--name',
        'bench',
        '--advertise-addr',
        '10.0.0.1:7001',
        '--data-dir',
        target,
        ...limit,
      ],
    },
    {
      name: 'tar -xzf && sync',
      prepare: emptyTarget,
      command: ['sh', '-c', `tar -xzf ${archive} -C ${target} && sync`],
    },
    {
      name: 'bare Node pipeline',
      prepare: () => clear(target),
      command: [process.execPath, join(root, 'bench/bare-pipeline.mjs'), archive, target],
    },
    {
      name: 'jaco backup',
      prepare: noOutput,
      command: [...jaco, 'backup', '--socket', socket, '--output', output, ...limit],
    },
    {
      name: 'gzip -t && cp && sync',
      prepare: noOutput,
      command: ['sh', '-c', `gzip -t ${archive} && cp ${archive} ${output} && sync`],
    },
  ];
}

/** @type {Map<string, import('./growth-plot.mjs').Point[]>} */
const curves = new Map(contenders('').map(({ name }) => [name, []]));
for (const mib of sizes) {
  const archive = archiveOf(mib);
  const daemon = await serveArchive(archive, `unix:${socket}`);
  try {
    const runs = await race(contenders(archive), numberFrom('rounds', mib > 1024 ? 3 : 5));
    for (const [name, results] of runs) {
      const seconds = median(results.map(({ wallMs }) => wallMs)) / 1000;
      const peaks = results.flatMap(({ peakMebibytes }) => peakMebibytes ?? []);
      const peakMebibytes = peaks.length === 0 ? undefined : median(peaks);
      curves.get(name)?.push({ mib, seconds, peakMebibytes });
      const each = `${((seconds * 1000) / mib).toFixed(2)} ms/MiB`;
      const peak = peakMebibytes === undefined ? '' : `peak ${peakMebibytes.toFixed(0)} MiB`;
      console.log(
        `${String(mib).padStart(5)} MiB  ${name.padEnd(22)} ${seconds.toFixed(3).padStart(8)} s ${each.padStart(14)}  ${peak}`,
      );
    }
  } finally {
    daemon.stop();
  }
}
for (const path of [target, output, socket]) clear(path);
writeFileSync(join(root, 'docs/performance.svg'), drawGrowth(sizes, curves));
