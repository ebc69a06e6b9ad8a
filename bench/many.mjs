// Backups of many clusters from one host, each a process of its own, by how many run at a time: how long all of them take, how
// long each, and how much memory they hold together.
//   --backups <n>   how many clusters (100)
//   --at <n,n>      how many at a time (all, 8, 2 and 1)
//   --mib <n>       the size of each state; without it that of a real cluster, a few kilobytes
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveArchive } from './archive-daemon.mjs';
import { archiveOf, clear, median, numberFrom, program, root, run, wordFrom, workDirectory } from './runs.mjs';

const backups = numberFrom('backups', 100);
const mib = numberFrom('mib', 0);
const numbersAtATime = wordFrom('at')?.split(',').map(Number) ?? [backups, 8, 2, 1];
const archive = mib === 0 ? join(root, 'test/fixtures/same-state-1.tar.gz') : archiveOf(mib);
const directory = join(workDirectory, 'many');
const socket = join(workDirectory, 'many.sock');
const children = `/proc/${process.pid}/task/${process.pid}/children`;

/** Takes all backups, so many at a time. @param {number} atATime */
async function takeAll(atATime) {
  clear(directory);
  mkdirSync(directory);
  let next = 0;
  /** @type {import('./runs.mjs').Run[]} */
  const runs = [];
  const started = performance.now();
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      while (next < backups) {
        const output = join(directory, `c-${next}.tar.gz`);
        next += 1;
        runs.push(
          await run({ command: [process.execPath, program, 'backup', '--socket', socket, '--output', output] }),
        );
      }
    }),
  );
  return { seconds: (performance.now() - started) / 1000, runs };
}

/** The most memory that the processes started meanwhile hold together, in MiB; what they share counts once. @param {() => Promise<unknown>} work */
async function memoryDuring(work) {
  const others = new Set(childrenNow());
  let most = 0;
  let done = false;
  const working = work().finally(() => {
    done = true;
  });
  while (!done) {
    const held = childrenNow().filter((pid) => !others.has(pid));
    most = Math.max(
      most,
      held.map(proportionalMebibytes).reduce((sum, each) => sum + each, 0),
    );
    await sleep(100);
  }
  await working;
  return most;
}

function childrenNow() {
  return readFileSync(children, 'utf8').split(' ').filter(Boolean);
}

/** 0 once it has ended. @param {string} pid */
function proportionalMebibytes(pid) {
  try {
    return Number(/^Pss: +(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

const daemon = await serveArchive(archive, `unix:${socket}`);
try {
  await takeAll(1);
  console.log(`${backups} backups of ${mib === 0 ? 'a real cluster' : `${mib} MiB of state`}`);
  for (const atATime of numbersAtATime) {
    const { seconds, runs } = await takeAll(atATime);
    const walls = runs.map(({ wallMs }) => wallMs / 1000);
    const peaks = runs.flatMap(({ peakMebibytes }) => peakMebibytes ?? []);
    const together = await memoryDuring(() => takeAll(atATime));
    console.log(
      [
        `${atATime} at a time`.padEnd(16),
        `${seconds.toFixed(1)} s`.padStart(8),
        `each ${median(walls).toFixed(2)} s, at most ${Math.max(...walls).toFixed(2)} s`.padStart(32),
        `peak ${median(peaks).toFixed(0)} MiB each, ${together.toFixed(0)} MiB together`.padStart(40),
      ].join(' '),
    );
  }
} finally {
  daemon.stop();
  clear(directory);
}
