import { spawn } from 'node:child_process';
import { fstatSync, readFileSync } from 'node:fs';
import { JacoError } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import { printable } from '../../domain/values/printable-text.js';
import { endBySignal } from '../end-by-signal.js';
import { handedOnVariable, type NextJaco } from './next-jaco.js';

/** Signals that ask a program to do something, and end one without a handler. */
const forwarded = ['SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGALRM'] as const;

/** Signals that a terminal sends to every process in its foreground, and so to the other program too. */
const sentByTerminals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];

/**
 * Runs another program with the unchanged words, our streams, and the signals that we get. Resolves when that program
 * has ended. Our own streams must not have been used before: Node would have made them non-blocking, for every process
 * that shares them.
 * @throws request_invalid  the other program cannot be started
 */
export function handOn(next: NextJaco, words: readonly string[]): Promise<HandedOnEnd> {
  return new Promise((resolve, reject) => {
    // Before the other program starts: a signal that ends us must not leave it running.
    for (const signal of forwarded) {
      process.on(signal, () => {
        if (!(sentByTerminals.includes(signal) && isInForeground())) child.kill(signal);
      });
    }
    const child = spawn(next.path, words, {
      stdio: streams(words),
      env: { ...process.env, [handedOnVariable]: next.handedOn },
    });
    child.once('error', (error: NodeJS.ErrnoException) => reject(cannotStart(next.path, error)));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

/** How the other program ended: with a code, or by a signal. */
export interface HandedOnEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Ends this process as the other one did. */
export function endAs({ code, signal }: HandedOnEnd): never {
  if (signal === null) process.exit(code ?? 1);
  endBySignal(signal);
}

/**
 * The standard streams, and each further file descriptor that an argument names, as in a shell's `<(command)`: Node
 * closes some of them in its children.
 */
function streams(words: readonly string[]): ('inherit' | 'ignore' | number)[] {
  const paths = words.flatMap((word) => [...word.matchAll(/\/(?:dev|proc\/self)\/fd\/([0-9]{1,4})(?![0-9])/g)]);
  const list: ('inherit' | 'ignore' | number)[] = ['inherit', 'inherit', 'inherit'];
  for (const descriptor of paths.map(([, digits]) => Number(digits))) {
    if (descriptor <= 2 || !isOpen(descriptor)) continue;
    while (list.length <= descriptor) list.push('ignore');
    list[descriptor] = descriptor;
  }
  return list;
}

function isOpen(descriptor: number): boolean {
  try {
    fstatSync(descriptor);
    return true;
  } catch {
    return false;
  }
}

function cannotStart(path: string, cause: NodeJS.ErrnoException): JacoError {
  const sentence = `the command was for ${printable(path, 4096)}, which cannot be started (${printable(cause.code ?? cause.message)}).`;
  return new JacoError('request_invalid', sentence, {
    remedies: [advice('Check that the program is whole, and made for this machine.')],
    cause,
  });
}

/**
 * Whether this process is in its terminal's foreground (proc_pid_stat(5): process group, and that of the foreground).
 */
function isInForeground(): boolean {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return fields[2] === fields[5];
  } catch {
    // Without /proc, assume the usual case: these signals come from a terminal.
    return process.stdin.isTTY;
  }
}
