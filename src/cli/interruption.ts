import { hangupIsIgnored } from './ignored-hangup.js';

/** Signals that ask the program to stop, with the exit code that a shell expects for each (128 + number). */
const signals = { SIGINT: 130, SIGQUIT: 131, SIGTERM: 143, SIGHUP: 129 } as const;

/** Watches for the signals that ask the program to stop. */
export interface Interruption {
  /** Fires at the first signal, so that running work can clean up. */
  readonly signal: AbortSignal;
  /** The first signal; undefined if there was no signal. */
  cause(): keyof typeof signals | undefined;
  /** Its exit code: 130 after SIGINT, 131 after SIGQUIT, 143 after SIGTERM, 129 after SIGHUP. */
  exitCode(): number | undefined;
}

/**
 * How long signals of the same kind count as the first one, in milliseconds. timeout(1) sends its signal to the program and
 * then to the program's group; a terminal and a wrapper such as sudo or npm both pass on Ctrl-C.
 */
const repeatWithinMs = 1_000;

/**
 * Starts watching. A second signal of the same kind, later than {@link repeatWithinMs} after the first, ends the program at
 * once, without cleaning up. SIGHUP is ignored if the program was started with SIGHUP ignored.
 */
export function watchForInterruption(): Interruption {
  const abort = new AbortController();
  const heard = new Set<keyof typeof signals>();
  let cause: keyof typeof signals | undefined;
  for (const name of Object.keys(signals) as (keyof typeof signals)[]) {
    if (name === 'SIGHUP' && hangupIsIgnored(process.env)) {
      // Without a listener the signal would end the process.
      process.on(name, () => undefined);
      continue;
    }
    const onSignal = () => {
      if (!heard.has(name)) setTimeout(() => process.removeListener(name, onSignal), repeatWithinMs).unref();
      heard.add(name);
      cause ??= name;
      abort.abort();
    };
    process.on(name, onSignal);
  }
  return {
    signal: abort.signal,
    cause: () => cause,
    exitCode: () => (cause === undefined ? undefined : signals[cause]),
  };
}
