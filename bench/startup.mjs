// What starting costs, against Node with nothing to do.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeArchive } from './archive-maker.mjs';
import { clear, numberFrom, printRace, program, race, ratio, root, workDirectory } from './runs.mjs';

const archive = join(workDirectory, 'small.tar.gz');
await makeArchive(archive, 160 * 1024);
const [target, output, socket] = ['small', 'small-output.tar.gz', 'small.sock'].map((name) =>
  join(workDirectory, name),
);
const empty = join(workDirectory, 'empty.mjs');
writeFileSync(empty, '');
clear(/** @type {string} */ (socket));
const server = spawn(process.execPath, [join(root, 'bench/archive-server.mjs'), archive, `unix:${socket}`], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
await once(server.stdout, 'data');
const jaco = [process.execPath, program];
const restore = [
  'restore',
  '--input',
  archive,
  '--name',
  'bench',
  '--data-dir',
  `${target}`,
  '--socket',
  '/nonexistent',
];
try {
  const runs = await race(
    [
      { name: 'node, with nothing to do', command: [process.execPath, empty] },
      { name: 'jaco --version', command: [...jaco, '--version'] },
      { name: 'jaco --help', command: [...jaco, '--help'] },
      { name: 'jaco restore, 40 KB', prepare: () => clear(`${target}`), command: [...jaco, ...restore] },
      {
        name: 'jaco restore --no-identity, 40 KB',
        prepare: () => clear(`${target}`),
        command: [...jaco, ...restore, '--no-identity'],
      },
      {
        name: 'jaco backup, 40 KB, unix socket',
        prepare: () => clear(`${output}`),
        command: [...jaco, 'backup', '--socket', `${socket}`, '--output', `${output}`],
      },
    ],
    numberFrom('rounds', 11),
  );
  printRace(runs);
  const [[, base = []] = []] = runs;
  for (const [name, results] of runs)
    console.log(`${name}: ${ratio(results, base).toFixed(2)} of node with nothing to do`);
} finally {
  server.kill();
  for (const path of [target, output, socket]) clear(`${path}`);
}
