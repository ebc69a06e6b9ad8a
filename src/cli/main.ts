import { type Command, CommanderError } from 'commander';
import { storageError } from '../adapters/filesystem/file-operations.js';
import { isJacoError, JacoError, type LeftBehind } from '../domain/errors.js';
import { advice } from '../domain/remedy.js';
import { printable } from '../domain/values/printable-text.js';
import { endBySignal } from './end-by-signal.js';
import { exposeCollector } from './expose-collector.js';
import { namesCommandOfAnother } from './handing-on/command-owner.js';
import { watchForInterruption } from './interruption.js';
import { watchTerminals } from './lost-terminal.js';
import { createProgram } from './program.js';
import { calledName } from './program-name.js';
import { errorSentence } from './rendering/error-text.js';
import { leftBehindText } from './rendering/left-behind-text.js';
import { processTerminal } from './terminal.js';

// Deprecation warnings are for developers: an operator can do nothing about what a newer Node deprecates in a library.
process.noDeprecation = process.env['JACO_DEBUG'] !== '1';
// The program is bundled: source maps show the real places in a stack.
if (process.env['JACO_DEBUG'] === '1') process.setSourceMapsEnabled(true);
exposeCollector();
const interruption = watchForInterruption();
const terminals = watchTerminals();
const terminal = processTerminal(interruption.signal, calledName());
// If a command waits for something that never comes, Node runs out of work and exits: that is not success.
process.once('beforeExit', () => terminal.fail(new Error('the command came to no end')));
// A function, as the single executable is CommonJS, which has no top-level await.
void run();

async function run(): Promise<void> {
  const program = createProgram(terminal, calledName());
  let streams: NodeJS.WriteStream[] = [];
  try {
    if (namesCommandOfAnother(program, process.argv.slice(2))) await handOnIfPossible();
    streams = [process.stdout, process.stderr];
    process.stdout.on('error', onStreamError);
    // There is no way left to report it.
    process.stderr.on('error', () => undefined);
    await program.parseAsync();
  } catch (error) {
    report(error, program);
    // Output that was cut off may be stuck in a pipe without a reader.
    if (isJacoError(error, 'interrupted')) streams = [process.stderr];
  }
  await Promise.all(streams.map(flushed));
  // If the terminal is gone, end by the signal: the parent sees it, and Node's exit needs the terminal.
  if (process.exitCode !== undefined && interruption.cause() === 'SIGHUP') endBySignal('SIGHUP');
  terminals.letGoOfLost();
  // gRPC does not drop a connection that is still being made, and would keep a failed command running for minutes.
  process.exit();
}

/** Hands on to the other program, if there is one. Its code is loaded only then. */
async function handOnIfPossible(): Promise<void> {
  const { findNextJaco } = await import('./handing-on/next-jaco.js');
  const next = findNextJaco(process.env);
  if (next === undefined) return;
  if (terminal.signal.aborted) throw new JacoError('interrupted', 'interrupted');
  const { endAs, handOn } = await import('./handing-on/hand-on.js');
  const end = await handOn(next, process.argv.slice(2));
  terminals.letGoOfLost();
  endAs(end);
}

/** Resolves once everything passed to the stream has been written, or has failed. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

function report(error: unknown, program: Command): void {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return;
    // The parser stops before a command can say what its caller reads.
    if (/ (-o ?|--format[ =])json( |$)/.test(` ${process.argv.slice(2).join(' ')}`)) terminal.awaitJson();
    terminal.fail(usageError(error, program));
    return;
  }
  if (isJacoError(error, 'interrupted')) {
    terminal.interrupted(interruptionText(error.leftBehind), error);
    process.exitCode = interruption.exitCode() ?? 1;
    return;
  }
  if (process.env['JACO_DEBUG'] === '1' && error instanceof Error) terminal.note(error.stack ?? '');
  terminal.fail(isWithoutDirectory(error) ? withoutDirectory : error);
}

/** Node's own error where the current directory was removed, or its file system unmounted, and a path is relative to it. */
function isWithoutDirectory(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).syscall === 'uv_cwd';
}

const withoutDirectory = new JacoError('storage_failed', 'the current directory does not exist any more.', {
  remedies: [advice('Change to one that does, or give absolute paths.')],
});

function interruptionText(left: readonly LeftBehind[]): string {
  if (left.length === 0) return 'Interrupted: everything unfinished was removed.';
  return `Interrupted: not everything unfinished could be removed. ${leftBehindText(left)}`;
}

/**
 * The parser says "error: unknown option '--ouput'\n(Did you mean --output?)"; this turns it into one line with a next
 * step.
 */
function usageError(error: CommanderError, program: Command): JacoError | undefined {
  // Help for a command that only groups others has already been printed.
  if (error.code === 'commander.help') return undefined;
  const sentence = printable(error.message.replace(/^error: |\.$/g, '').replace(/\n+/g, ' '), 400);
  const [first] = process.argv.slice(2).filter((word) => /^[a-z]+$/.test(word));
  const command = program.commands.some((each) => each.name() === first) ? `${first} ` : '';
  const misplaced = error.code === 'commander.unknownOption' && process.argv[2]?.startsWith('-') && command !== '';
  const help = `${misplaced ? 'Flags stand behind the command. ' : ''}See jaco ${command}--help.`;
  return new JacoError('request_invalid', `${sentence}.`, { remedies: [advice(help)] });
}

/**
 * If the reader closed the pipe, as `head` or a terminal does, that is not a failure. Output that cannot be written is
 * a failure.
 */
function onStreamError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE' || (error.code === 'EIO' && process.stdout.isTTY)) return;
  const failure = storageError(error, 'write to standard output');
  if (!terminal.outputIsReport) terminal.fail(failure);
  // The work is done: the exit code says so, even to a script whose log is on a full disk.
  else terminal.warn(`it is done, but ${isJacoError(failure) ? errorSentence(failure) : String(failure)}`);
}
