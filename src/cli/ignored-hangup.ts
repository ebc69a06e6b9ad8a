import { constants, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * Whether the program should outlive its terminal, which nohup requests by ignoring SIGHUP. Node undoes that before our
 * code runs (node.cc, PlatformInit), but nohup leaves traces:
 * - instead of a terminal, stdin is /dev/null, open only for writing (GNU coreutils, nohup.c);
 * - shells put the started program into `_`, and nohup starts us with the same environment;
 * - a script that was started by it ignores SIGHUP itself, as does one that says `trap '' HUP`.
 */
export function hangupIsIgnored(environment: Readonly<Record<string, string | undefined>>): boolean {
  return basename(environment['_'] ?? '') === 'nohup' || inputIsOfNohup() || parentIgnoresHangup();
}

function inputIsOfNohup(): boolean {
  try {
    if (readlinkSync('/proc/self/fd/0') !== '/dev/null') return false;
    const [, flags = ''] = /^flags:\s+([0-7]+)$/m.exec(readFileSync('/proc/self/fdinfo/0', 'utf8')) ?? [];
    return (Number.parseInt(flags, 8) & accessMode) === constants.O_WRONLY;
  } catch {
    return false;
  }
}

/** The bits of a file's flags for its access mode: O_ACCMODE (fcntl.h). */
const accessMode = 3;

function parentIgnoresHangup(): boolean {
  try {
    const status = readFileSync(`/proc/${process.ppid}/status`, 'utf8');
    const [, ignored = '0'] = /^SigIgn:\s+([0-9a-f]+)$/m.exec(status) ?? [];
    // One bit per signal; SIGHUP is the first (proc_pid_status(5)).
    return (BigInt(`0x${ignored}`) & 1n) === 1n;
  } catch {
    return false;
  }
}
