// What starting costs, against Node with nothing to do.
import { join } from 'node:path';
import { serveArchive } from './archive-daemon.mjs';
import { clear, makeArchive, median, numberFrom, program, race, ratio, workDirectory } from './runs.mjs';

const archive = join(workDirectory, 'small.tar.gz');
makeArchive(archive, 160 * 1024);
const [target, output, socket] = ['small', 'small-output.tar.gz', 'small.sock'].map((name) =>
  join(workDirectory, name),
);
const daemon = await serveArchive(archive, `unix:${socket}`);
const jaco = [process.execPath, program];
const restore = [
  'restore',
  '--input',
  archive,
  '--name',
  'bench',
  '--data-dir',
  `${target}`,
  '--advertise-addr',
  '10.0.0.1:7001',
  '--socket',
  '/nonexistent',
];
try {
  const runs = await race(
    [
      { name: 'node -e 0', command: [process.execPath, '-e', '0'] },
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
    ].map((contender) => ({ ...contender, plain: true })),
    numberFrom('rounds', 11),
  );
  const [[, base = []] = []] = runs;
  for (const [name, results] of runs) {
    const wallMs = median(results.map((result) => result.wallMs));
    console.log(
      `${name.padEnd(36)} ${wallMs.toFixed(0).padStart(4)} ms, ${ratio(results, base).toFixed(2)} of the first`,
    );
  }
} finally {
  daemon.stop();
  for (const path of [target, output]) clear(`${path}`);
}
