import type { StandardStreams } from '../adapters/storage/standard-streams/standard-stream-store.js';
import { JacoError } from '../domain/errors.js';
import { standardOutputIsClosed } from './closed-output.js';
import { asCalled } from './program-name.js';
import { errorText } from './rendering/error-text.js';
import { failureJson } from './rendering/failure-json.js';

/** The program's streams, and the signal to stop. */
export interface Terminal {
  /** Fires when the program is asked to stop. */
  readonly signal: AbortSignal;
  /** Whether stdout is a terminal. */
  readonly outputIsTerminal: boolean;
  /** Whether stdout was closed when the program started. */
  readonly outputIsClosed: boolean;
  /** Whether stdin is a terminal. */
  readonly inputIsTerminal: boolean;
  /** stdin and stdout for binary data. Reading fails with `interrupted` when the program is asked to stop. */
  readonly streams: StandardStreams;
  /** Where to show progress: stderr, if it is a terminal that can rewrite a line. */
  readonly progressOutput: NodeJS.WriteStream | undefined;
  /** Prints a line of results on stdout: if it cannot be written, the command has failed. */
  print(text: string): void;
  /** Reports on stdout what was done: it is done even if the report cannot be written. */
  report(text: string): void;
  /** Prints everything else on stderr. */
  note(text: string): void;
  /** Prints a warning on stderr. */
  warn(sentence: string): void;
  /**
   * Ends the run with exit code 1. Reports `error` on stderr unless it was reported before, and on stdout as JSON if
   * JSON is expected and was not printed yet.
   */
  fail(error: unknown): void;
  /** Says on stderr that the run was interrupted, and on stdout if JSON is expected. */
  interrupted(sentence: string, error: unknown): void;
  /** From now on a program reads stdout and always expects JSON. */
  awaitJson(): void;
  /** Whether stdout only reports what has been done. */
  readonly outputIsReport: boolean;
}

/** The process's own streams; messages on stderr use the name by which the program was called. */
export function processTerminal(signal: AbortSignal, name: 'jaco' | 'jaco-dr'): Terminal {
  const told = new Set<string>();
  let outputIsReport = false;
  let jsonIsAwaited = false;
  const print = (text: string) => {
    jsonIsAwaited = false;
    process.stdout.write(`${text}\n`);
  };
  return {
    signal,
    // Evaluated on demand, like the others: a command that is handed on must get untouched streams.
    get outputIsTerminal() {
      return process.stdout.isTTY;
    },
    get outputIsClosed() {
      return standardOutputIsClosed();
    },
    get inputIsTerminal() {
      return process.stdin.isTTY === true;
    },
    streams: {
      output: () => process.stdout,
      input() {
        const stop = () => process.stdin.destroy(new JacoError('interrupted', 'interrupted'));
        signal.addEventListener('abort', stop);
        // The reader gets the error; without a reader it does not matter.
        process.stdin.on('error', () => undefined);
        if (signal.aborted) stop();
        return process.stdin;
      },
    },
    get progressOutput() {
      return process.stderr.isTTY && process.env['TERM'] !== 'dumb' ? process.stderr : undefined;
    },
    print,
    report(text) {
      outputIsReport = true;
      print(text);
    },
    awaitJson() {
      jsonIsAwaited = true;
    },
    interrupted(sentence, error) {
      process.stderr.write(asCalled(`${sentence}\n`, name));
      if (jsonIsAwaited) print(failureJson(error));
    },
    get outputIsReport() {
      return outputIsReport;
    },
    note: (text) => void process.stderr.write(asCalled(`${text}\n`, name)),
    warn: (sentence) => void process.stderr.write(asCalled(`Warning: ${sentence}\n`, name)),
    fail(error) {
      process.exitCode = 1;
      const text = error === undefined ? '' : `${errorText(error)}\n`;
      // An unwritable output fails at each write, both in the stream and in the code that wrote to it.
      if (told.has(text)) return;
      told.add(text);
      process.stderr.write(asCalled(text, name));
      if (jsonIsAwaited && error !== undefined) print(failureJson(error));
    },
  };
}

/** The same terminal without results and notes: only warnings and errors remain. */
export function quieted(terminal: Terminal): Terminal {
  return {
    signal: terminal.signal,
    outputIsTerminal: terminal.outputIsTerminal,
    get outputIsClosed() {
      return terminal.outputIsClosed;
    },
    get inputIsTerminal() {
      return terminal.inputIsTerminal;
    },
    streams: terminal.streams,
    progressOutput: undefined,
    print: () => undefined,
    note: () => undefined,
    report: () => undefined,
    awaitJson: terminal.awaitJson,
    interrupted: terminal.interrupted,
    get outputIsReport() {
      return terminal.outputIsReport;
    },
    warn: terminal.warn,
    fail: terminal.fail,
  };
}
