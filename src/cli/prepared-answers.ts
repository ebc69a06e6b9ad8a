import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { getAsset, isSea } from 'node:sea';
import { mayBeTerminal } from './lost-terminal.js';
import { calledName } from './program-name.js';

/** What stands between words in the keys of the prepared answers: no argument of a process can contain it. */
const separator = '\0';

/** Under this name the build leaves the answers beside the program, or as an asset of the executable. */
const answersFile = 'answers.json';

/**
 * Answers words whose answer never changes (version, help, completion scripts) with the text that the build prepared.
 * False if there is none for these words, it could not be written, or something changes it: help is as wide as the
 * terminal, and has the name by which the program was called.
 */
export function answerAtOnce(words: readonly string[]): boolean {
  try {
    if (calledName() !== 'jaco' || !Object.hasOwn(endings, words.at(-1) ?? '')) return false;
    if (isHelp(words) && mayBeTerminal(1)) return false;
    const text = preparedAnswers()[words.join(separator)];
    return text !== undefined && print(text);
  } catch {
    // The commands say what is wrong, if anything is.
    return false;
  }
}

/** The last words of prepared questions, so that other commands do not read the answers. */
const endings = { '--version': true, '-V': true, '--help': true, '-h': true, bash: true, zsh: true, fish: true };

function isHelp(words: readonly string[]): boolean {
  return words.at(-1) === '--help' || words.at(-1) === '-h';
}

function preparedAnswers(): Readonly<Record<string, string>> {
  const text = isSea() ? getAsset(answersFile, 'utf8') : readFileSync(join(import.meta.dirname, answersFile), 'utf8');
  return JSON.parse(text);
}

/**
 * Prints on stdout, without the streams of Node, which take longer than the text. False if it could not be written: the
 * commands fail in the same way, and say so.
 */
function print(text: string): boolean {
  const bytes = Buffer.from(text);
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(1, bytes, written);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const hasBegun = written > 0;
    // A pipe that is full: the stream waits, and may lose its reader meanwhile, which is no failure.
    if (hasBegun && code === 'EAGAIN') process.stdout.on('error', () => undefined).write(bytes.subarray(written));
    else return hasBegun && code === 'EPIPE';
  }
  return true;
}
