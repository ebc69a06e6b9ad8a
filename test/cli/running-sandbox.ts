import { readFileSync } from 'node:fs';
import { type Circumstances, type JacoEnd, startJaco } from './jaco-process.js';

/** A sandbox that answers calls, in its own process. */
export interface RunningSandbox {
  /** Its output at start-up. */
  readonly text: string;
  readonly socket: string;
  /** `host:port` of its TLS service; empty without `--listen`. */
  readonly server: string;
  /** The path of its CA certificate; empty without `--listen`. */
  readonly caCertificate: string;
  readonly processId: number;
  /** Asks it to stop, and returns how it ended. */
  stop(signal?: NodeJS.Signals): Promise<JacoEnd>;
}

/** Starts `jaco sandbox` with the data directory and further flags, and waits until it is ready. */
export async function startSandbox(
  dataDirectory: string,
  flags: readonly string[] = [],
  circumstances: Circumstances = {},
): Promise<RunningSandbox> {
  const running = startJaco(['sandbox', '--data-dir', dataDirectory, ...flags], circumstances);
  await running.printed('Ready.\n');
  const text = running.output().stdout;
  const line = (label: string) => new RegExp(`^${label}: +(.*)$`, 'm').exec(text)?.[1] ?? '';
  return {
    text,
    socket: line('Socket'),
    server: line('Server'),
    caCertificate: line('CA'),
    processId: running.process.pid as number,
    stop(signal = 'SIGTERM') {
      running.process.kill(signal);
      return running.ended;
    },
  };
}

/** The operator's token that a sandbox leaves in the data directory of a cluster that it made. */
export function operatorToken(dataDirectory: string): string {
  return readFileSync(`${dataDirectory}/operator-token`, 'utf8').trim();
}
