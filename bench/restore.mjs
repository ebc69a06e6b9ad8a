// Restore against what an operator would do by hand, and against what Node can do at the most.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { archiveOf, clear, numberFrom, printRace, program, race, root, sizeOf, workDirectory } from './runs.mjs';

const sizeMebibytes = numberFrom('mib', 1024);
const archive = archiveOf(sizeMebibytes);
const target = join(workDirectory, 'restored');
const flags = [
  '--name',
  'bench',
  '--advertise-addr',
  '10.0.0.1:7001',
  '--data-dir',
  target,
  '--socket',
  join(workDirectory, 'absent.sock'),
];

console.log(
  `restore of ${sizeMebibytes} MiB, ${((sizeMebibytes * 1048576) / sizeOf(archive)).toFixed(1)}:1 compressed`,
);
printRace(
  await race(
    [
      {
        name: 'jaco restore',
        prepare: () => clear(target),
        command: [process.execPath, program, 'restore', '--input', archive, ...flags],
      },
      {
        name: 'tar -xzf archive -C dir && sync',
        prepare: () => {
          clear(target);
          mkdirSync(target);
        },
        command: ['sh', '-c', `tar -xzf ${archive} -C ${target} && sync`],
      },
      {
        name: 'bare Node pipeline: read, gunzip, write, fsync',
        prepare: () => clear(target),
        command: [process.execPath, join(root, 'bench/bare-pipeline.mjs'), archive, target],
      },
    ],
    numberFrom('rounds', 5),
  ),
);
clear(target);
