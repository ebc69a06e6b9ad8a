// Loaded in front of a program that is measured: leaves behind what the operating system counted of the process.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const report = process.env['JACO_BENCH_USAGE'];
if (report !== undefined) {
  process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    writeFileSync(
      report,
      JSON.stringify({
        peakMebibytes: maxRSS / 1024,
        cpuMs: (userCPUTime + systemCPUTime) / 1000,
        readMebibytes: bytesRead() / 1048576,
      }),
    );
  });
}

/** What the process has read so far from files and sockets, as the kernel of Linux counts it. */
function bytesRead() {
  const counted = '/proc/self/io';
  return Number(existsSync(counted) ? /^rchar: (\d+)$/m.exec(readFileSync(counted, 'utf8'))?.[1] : Number.NaN);
}
