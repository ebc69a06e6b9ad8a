// Time and memory over the size of the state, for us and for what is used instead: as a table, and as a plot in docs/.
//   --largest <MiB>   the largest state (1024; 8200 is more than tar's octal sizes can say)
//   --sealed          a sealed state as well
//   --objects         to and from object storage, a real server on loopback, as well: it needs Go
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serveArchive } from './archive-daemon.mjs';
import { drawGrowth } from './growth-plot.mjs';
import { serveObjects } from './object-server.mjs';
import { archiveOf, clear, median, numberFrom, program, race, root, sealedArchiveOf, workDirectory } from './runs.mjs';

const largest = numberFrom('largest', 1024);
const sizes = [1, 4, 16, 64, 256, 1024, 8200].filter((mib) => mib <= largest);
const [target, output, socket] = /** @type {[string, string, string]} */ (
  ['growth', 'growth.tar.gz', 'growth.sock'].map((name) => join(workDirectory, name))
);
const limit = ['--max-snapshot-size', '64GiB'];
const jaco = [process.execPath, program];
const restored = ['--name', 'bench', '--advertise-addr', '10.0.0.1:7001', '--data-dir', target, ...limit];

const withSealed = process.argv.includes('--sealed');
const sealedSocket = join(workDirectory, 'growth-sealed.sock');
const objects = process.argv.includes('--objects') ? await serveObjects() : undefined;
const key = 'growth.tar.gz';

/** @typedef {Awaited<ReturnType<typeof sealedArchiveOf>>} Sealed */

/** @param {string} archive @param {Sealed | undefined} sealed @returns {import('./runs.mjs').Contender[]} */
function contenders(archive, sealed) {
  const emptyTarget = () => {
    clear(target);
    mkdirSync(target);
  };
  const noOutput = () => clear(output);
  return [
    {
      name: 'jaco restore',
      prepare: () => clear(target),
      command: [...jaco, 'restore', '--input', archive, ...restored],
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
    ...(sealed === undefined ? [] : sealedContenders(sealed)),
    ...(objects === undefined ? [] : withObjects(objects)),
  ];
}

/** @param {Sealed} sealed */
function sealedContenders({ path, ring }) {
  const prepare = () => {
    clear(target);
    clear(output);
  };
  const opened = ['--key-file', ring];
  return [
    {
      name: 'jaco backup, sealed',
      prepare,
      command: [...jaco, 'backup', '--socket', sealedSocket, '--output', output, ...opened, ...limit],
    },
    {
      name: 'jaco restore, sealed',
      prepare,
      command: [...jaco, 'restore', '--input', path, ...restored, ...opened],
    },
  ];
}

/** The backup leaves the object that the restore after it reads. @param {Awaited<ReturnType<typeof serveObjects>>} server */
function withObjects({ word, environment, remove }) {
  return [
    {
      name: 'jaco backup to objects',
      prepare: () => remove(key),
      command: [...jaco, 'backup', '--socket', socket, '--output', word(key), ...limit],
      environment,
    },
    {
      name: 'jaco restore from objects',
      prepare: () => clear(target),
      command: [...jaco, 'restore', '--input', word(key), ...restored],
      environment,
    },
  ];
}

/** @type {Map<string, import('./growth-plot.mjs').Point[]>} */
const curves = new Map();
for (const mib of sizes) {
  const archive = archiveOf(mib);
  const daemons = [await serveArchive(archive, `unix:${socket}`)];
  const sealed = withSealed ? await sealedArchiveOf(mib) : undefined;
  if (sealed !== undefined) daemons.push(await serveArchive(sealed.path, `unix:${sealedSocket}`));
  try {
    const runs = await race(contenders(archive, sealed), numberFrom('rounds', mib > 1024 ? 3 : 5));
    for (const [name, results] of runs) {
      const seconds = median(results.map(({ wallMs }) => wallMs)) / 1000;
      const peaks = results.flatMap(({ peakMebibytes }) => peakMebibytes ?? []);
      const peakMebibytes = peaks.length === 0 ? undefined : median(peaks);
      curves.set(name, [...(curves.get(name) ?? []), { mib, seconds, peakMebibytes }]);
      const each = `${((seconds * 1000) / mib).toFixed(2)} ms/MiB`;
      const peak = peakMebibytes === undefined ? '' : `peak ${peakMebibytes.toFixed(0)} MiB`;
      console.log(
        `${String(mib).padStart(5)} MiB  ${name.padEnd(26)} ${seconds.toFixed(3).padStart(8)} s ${each.padStart(14)}  ${peak}`,
      );
    }
  } finally {
    for (const daemon of daemons) daemon.stop();
  }
}
objects?.stop();
for (const path of [target, output, socket]) clear(path);
writeFileSync(join(root, 'docs/performance.svg'), drawGrowth(sizes, curves));
