// Compares what jaco takes, as ratios to what the same machine takes for something simpler, with the ratios on record, and
// fails where one has grown by more than 15 %. --record writes them anew.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serveArchive } from './archive-daemon.mjs';
import { archiveOf, clear, median, numberFrom, program, race, ratio, root, workDirectory } from './runs.mjs';
import { idleNode, smallCommands } from './small-commands.mjs';

const toleratedGrowth = 1.15;
const record = join(root, 'bench/baseline.json');
const sizeMebibytes = 256;

/** @type {Record<string, number>} */
const measured = { ...(await smallRatios()), ...(await largeRatios()) };
if (process.argv.includes('--record')) {
  writeFileSync(record, `${JSON.stringify(measured, undefined, 2)}\n`);
  process.exit();
}
/** @type {Record<string, number>} */
const recorded = JSON.parse(readFileSync(record, 'utf8'));
let failed = 0;
for (const [name, value] of Object.entries(measured)) {
  const growth = value / (recorded[name] ?? Number.NaN);
  // What is not on record fails, too.
  const holds = growth <= toleratedGrowth;
  if (!holds) failed += 1;
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${name}: ${value}, on record ${recorded[name]}`);
}
if (failed > 0)
  console.error('Slower than on record. If that is meant to be: node bench/check.mjs --record, and say why.');
process.exitCode = failed === 0 ? 0 : 1;

async function smallRatios() {
  const { contenders, stop } = await smallCommands();
  try {
    const runs = await race([idleNode, ...contenders], numberFrom('rounds', 11));
    const base = runs.get(idleNode.name) ?? [];
    return Object.fromEntries(
      contenders.map(({ name }) => [`${name}, of ${idleNode.name}`, rounded(ratio(runs.get(name) ?? [], base))]),
    );
  } finally {
    stop();
  }
}

async function largeRatios() {
  const archive = archiveOf(sizeMebibytes);
  const [target, output, socket] = /** @type {[string, string, string]} */ (
    ['check', 'check.tar.gz', 'check.sock'].map((name) => join(workDirectory, name))
  );
  const daemon = await serveArchive(archive, `unix:${socket}`);
  const prepare = () => {
    clear(output);
    clear(target);
  };
  const restore = ['restore', '--input', archive, '--name', 'bench', '--advertise-addr', '10.0.0.1:7001'];
  const jaco = [process.execPath, program];
  try {
    const runs = await race(
      [
        { name: 'restore', prepare, command: [...jaco, ...restore, '--data-dir', target, '--socket', '/nonexistent'] },
        {
          name: 'bare',
          prepare() {
            prepare();
            mkdirSync(target);
          },
          command: [process.execPath, join(root, 'bench/bare-pipeline.mjs'), archive, join(target, 'state')],
        },
        { name: 'backup', prepare, command: [...jaco, 'backup', '--socket', socket, '--output', output] },
        { name: 'gzip', prepare, command: ['sh', '-c', `gzip -t ${archive} && cp ${archive} ${output} && sync`] },
      ],
      numberFrom('rounds', 11),
    );
    const [restores, bare, backups, gzip] = ['restore', 'bare', 'backup', 'gzip'].map((name) => runs.get(name) ?? []);
    return {
      [`restore of ${sizeMebibytes} MiB, of the bare pipeline`]: rounded(ratio(restores ?? [], bare ?? [])),
      [`backup of ${sizeMebibytes} MiB, of gzip -t, copy and sync`]: rounded(ratio(backups ?? [], gzip ?? [])),
      [`restore of ${sizeMebibytes} MiB, peak in MiB`]: peakOf(restores ?? []),
      [`backup of ${sizeMebibytes} MiB, peak in MiB`]: peakOf(backups ?? []),
    };
  } finally {
    daemon.stop();
    prepare();
  }
}

/** @param {readonly import('./runs.mjs').Run[]} runs */
function peakOf(runs) {
  return Math.round(median(runs.flatMap(({ peakMebibytes }) => peakMebibytes ?? [])));
}

/** @param {number} value */
function rounded(value) {
  return Math.round(value * 100) / 100;
}
