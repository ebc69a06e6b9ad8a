// The peak of resident memory over the size of the state: it must not grow.
import { join } from 'node:path';
import { serveArchive } from './archive-daemon.mjs';
import { archiveOf, clear, numberFrom, program, run, workDirectory } from './runs.mjs';

const sizes = [numberFrom('small', 64), numberFrom('large', 1024), ...(process.argv.includes('--huge') ? [8200] : [])];
const [target, output, socket] = ['memory', 'memory.tar.gz', 'memory.sock'].map((name) => join(workDirectory, name));
const limit = ['--max-snapshot-size', '64GiB'];
const restore = ['--name', 'bench', '--data-dir', `${target}`, '--socket', '/nonexistent', ...limit];

for (const mib of sizes) {
  const archive = archiveOf(mib);
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
        const { peakMebibytes } = await run([process.execPath, program, ...parameters]);
        peaks.push(peakMebibytes ?? Number.NaN);
      }
      console.log(
        `${name.padEnd(8)} ${String(mib).padStart(5)} MiB of state: peak ${peaks.map((peak) => peak.toFixed(0)).join(', ')} MiB`,
      );
    }
  } finally {
    daemon.stop();
  }
}
for (const path of [target, output]) clear(`${path}`);
