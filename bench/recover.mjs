// A recovery from a surviving disk against a copy of the directory: one log of large entries, one of very many.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { clear, numberFrom, printRace, program, race, root, sizeOf, workDirectory } from './runs.mjs';

/** Entries, and about how many bytes each has. @type {readonly [number, number][]} */
const logs = [
  [250_000, 3_900],
  [10_000_000, 100],
];
const target = join(workDirectory, 'recovered');

for (const [entries, bytes] of logs) {
  const from = directoryOf(entries, bytes);
  const flags = ['--name', 'bench', '--advertise-addr', '10.0.0.1:7001', '--grpc-addr', '10.0.0.1:7000'];
  const place = ['--data-dir', target, '--socket', join(workDirectory, 'absent.sock'), '--no-identity'];
  console.log(`recover from ${entries} entries, ${(sizeOf(join(from, 'raft/log.db')) / 1048576).toFixed(0)} MiB`);
  printRace(
    await race(
      [
        {
          name: 'jaco recover',
          prepare: () => clear(target),
          command: [process.execPath, program, 'recover', '--from', from, ...flags, ...place],
        },
        {
          name: 'cp -a dir copy && sync',
          prepare: () => clear(target),
          command: ['sh', '-c', `cp -a ${from} ${target} && sync`],
        },
      ],
      numberFrom('rounds', 3),
    ),
  );
}
clear(target);

/** @param {number} entries @param {number} bytes */
function directoryOf(entries, bytes) {
  const path = join(workDirectory, `log-${entries}-${bytes}`);
  if (existsSync(join(path, 'raft/log.db'))) return path;
  console.error(`making ${path} …`);
  const maker = [join(root, 'bench/log-maker.mjs'), path, String(entries), String(bytes)];
  if (spawnSync(process.execPath, maker, { stdio: 'inherit' }).status !== 0) throw new Error(`${path} was not made`);
  return path;
}
