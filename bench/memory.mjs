// The peak of resident memory over the size of the state: it must not grow.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { archiveOf, clear, numberFrom, program, root, run, workDirectory } from './runs.mjs';

const sizes = [numberFrom('small', 64), numberFrom('large', 1024), ...(process.argv.includes('--huge') ? [8200] : [])];
const [target, output, socket] = ['memory', 'memory.tar.gz', 'memory.sock'].map((name) => join(workDirectory, name));
const restore = [
  '--name',
  'bench',
  '--data-dir',
  `${target}`,
  '--socket',
  '/nonexistent',
  '--max-snapshot-size',
  '64GiB',
];

for (const mib of sizes) {
  const archive = await archiveOf(mib);
  clear(`${socket}`);
  const server = spawn(process.execPath, [join(root, 'bench/archive-server.mjs'), archive, `unix:${socket}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(server.stdout, 'data');
  try {
    for (const [name, parameters] of /** @type {[string, string[]][]} */ ([
      ['restore', ['restore', '--input', archive, ...restore]],
      ['backup', ['backup', '--socket', `${socket}`, '--output', `${output}`]],
      ['inspect', ['inspect', archive]],
    ])) {
      const peaks = [];
      for (let round = 0; round < numberFrom('rounds', 3); round++) {
        clear(`${target}`);
        clear(`${output}`);
        const { peakMebibytes } = await run([process.execPath, program, ...parameters]);
        peaks.push(peakMebibytes ?? Number.NaN);
      }
      console.log(
        `${name.padEnd(8)} ${String(mib).padStart(5)} MiB of state: peak ${peaks.map((peak) => peak.toFixed(0)).join(', ')} MiB`,
      );
    }
  } finally {
    server.kill();
  }
}
for (const path of [target, output, socket]) clear(`${path}`);
