import { errorText } from './rendering/error-text.js';

/** The two streams of the program, and the wish of whoever runs it that it stop. */
export interface Terminal {
  /** Fires when the program is asked to stop. */
  readonly signal: AbortSignal;
  /** Results, on stdout, a line each. */
  print(text: string): void;
  /** Everything else, on stderr. */
  note(text: string): void;
  /** Something that the operator should know, on stderr. */
  warn(sentence: string): void;
  /** Ends the run with exit code 1; `error` is told on stderr unless it has been told already. */
  fail(error: unknown): void;
}

/** The process's own streams. */
export function processTerminal(signal: AbortSignal): Terminal {
  return {
    signal,
    print: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    warn: (sentence) => void process.stderr.write(`Warning: ${sentence}\n`),
    fail(error) {
      if (error !== undefined) process.stderr.write(`${errorText(error)}\n`);
      process.exitCode = 1;
    },
  };
}
