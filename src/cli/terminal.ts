import type { StandardStreams } from '../adapters/storage/standard-streams/standard-stream-store.js';
import { JacoError } from '../domain/errors.js';
import { standardOutputIsClosed } from './closed-output.js';
import { asCalled } from './program-name.js';
import { errorText } from './rendering/error-text.js';
import { failureJson } from './rendering/failure-json.js';

/** The two streams of the program, and the wish of whoever runs it that it stop. */
export interface Terminal {
  /** Fires when the program is asked to stop. */
  readonly signal: AbortSignal;
  /** Whether what is printed is read by a person. */
  readonly outputIsTerminal: boolean;
  /** Whether there is no stdout: whoever started the program has closed it. */
  readonly outputIsClosed: boolean;
  /** Whether a person would have to type what is read from stdin. */
  readonly inputIsTerminal: boolean;
  /** stdin and stdout, for what is no text. Reading fails with `interrupted` when the program is asked to stop. */
  readonly streams: StandardStreams;
  /** Where progress is shown: stderr, where a person watches it on a terminal that can rewrite a line. */
  readonly progressOutput: NodeJS.WriteStream | undefined;
  /** Results, on stdout, a line each: when they cannot be written, the command has failed. */
  print(text: string): void;
  /** What was done, on stdout: it is done, whether or not that can be written. */
  report(text: string): void;
  /** Everything else, on stderr. */
  note(text: string): void;
  /** Something that the operator should know, on stderr. */
  warn(sentence: string): void;
  /**
   * Ends the run with exit code 1; `error` is told on stderr unless it has been told already, and on stdout as JSON where
   * JSON is awaited and none was printed.
   */
  fail(error: unknown): void;
  /** Says on stderr that the run was interrupted, and on stdout where JSON is awaited. */
  interrupted(sentence: string, error: unknown): void;
  /** From now on stdout is read by a program, which awaits JSON whatever happens. */
  awaitJson(): void;
  /** Whether what goes to stdout only reports what has been done. */
  readonly outputIsReport: boolean;
}

/** The process's own streams; what is said on stderr names commands as under the name by which the program was called. */
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
    // Looked at when it is asked for, like the others: what is handed on to another program gets the streams untouched.
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
        // Whoever reads is told; where nobody does, nothing is amiss.
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
      // An output that cannot be written fails with each write, and in the stream as in what wrote to it.
      if (told.has(text)) return;
      told.add(text);
      process.stderr.write(asCalled(text, name));
      if (jsonIsAwaited && error !== undefined) print(failureJson(error));
    },
  };
}

/** The same terminal, on which neither results nor notes are shown: what remains are warnings and errors. */
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
