/** Signals that ask the program to stop, with the exit code that a shell expects for each (128 + number). */
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Watches for the signals that ask the program to stop. */
export interface Interruption {
  /** Fires at the first signal, so that what runs can clean up. */
  readonly signal: AbortSignal;
  /** 130 after SIGINT, 143 after SIGTERM, 129 after SIGHUP; undefined when none came. */
  exitCode(): number | undefined;
}

/** Starts watching. A second signal of the same kind ends the program at once, without cleaning up. */
export function watchForInterruption(): Interruption {
  const abort = new AbortController();
  let exitCode: number | undefined;
  for (const [name, code] of Object.entries(signals)) {
    process.once(name, () => {
      exitCode ??= code;
      abort.abort();
    });
  }
  return { signal: abort.signal, exitCode: () => exitCode };
}
