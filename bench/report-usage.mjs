// Loaded in front of a program that is measured: leaves behind what the operating system counted of the process.
import { writeFileSync } from 'node:fs';

const report = process.env['JACO_BENCH_USAGE'];
if (report !== undefined) {
  process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    writeFileSync(
      report,
      JSON.stringify({ peakMebibytes: maxRSS / 1024, cpuMs: (userCPUTime + systemCPUTime) / 1000 }),
    );
  });
}
