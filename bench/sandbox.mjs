// The sandbox with a large state: how much memory it takes to come up on it and to stream a backup of it.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { archiveOf, clear, numberFrom, program, run, workDirectory } from './runs.mjs';

const sizes = [numberFrom('small', 1), numberFrom('large', 1024)];
const [data, output] = /** @type {[string, string]} */ (
  ['sandbox', 'sandbox.tar.gz'].map((name) => join(workDirectory, name))
);
const socket = join(data, 'jaco.sock');
const jaco = [process.execPath, program];

/** The peak of a process's resident memory up to now, in MiB. @param {number | undefined} pid */
function peakOf(pid) {
  const [, kibibytes = Number.NaN] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (Number(kibibytes) / 1024).toFixed(0);
}

for (const mib of sizes) {
  const archive = archiveOf(mib);
  clear(data);
  clear(output);
  const restore = ['restore', '--input', archive, '--name', 'bench', '--advertise-addr', '10.0.0.1:7001'];
  await run({ command: [...jaco, ...restore, '--data-dir', data] });
  const sandbox = spawn(process.execPath, [program, 'sandbox', '--data-dir', data], { stdio: 'ignore' });
  try {
    while (!existsSync(socket)) {
      if (sandbox.exitCode !== null) throw new Error(`the sandbox ended with ${sandbox.exitCode}`);
      await sleep(50);
    }
    const atStart = peakOf(sandbox.pid);
    const { wallMs } = await run({ command: [...jaco, 'backup', '--socket', socket, '--output', output] });
    console.log(
      `${String(mib).padStart(5)} MiB of state: peak ${atStart} MiB once it is up, ${peakOf(sandbox.pid)} MiB after a backup, which took ${(wallMs / 1000).toFixed(1)} s`,
    );
  } finally {
    sandbox.kill();
  }
}
for (const path of [data, output]) clear(path);
