import type { Command } from 'commander';

/**
 * Flags of the daemon's own `jaco` that take no value. Its parser (cobra) allows any flag before the command, and takes
 * the next word as the value of every flag except these and those with a `=`.
 */
const flagsWithoutValue = new Set(['-q', '--quiet', '-v', '--verbose', '-h', '--help', '-V', '--version']);

/**
 * Whether a command line names a command that `program` does not have: `node join`, `cluster init` where it has only
 * `cluster status`, `help node join`. A command line without a command belongs to `program`, even with mistakes.
 * @param words  after the program's name
 */
export function namesCommandOfAnother(program: Command, words: readonly string[]): boolean {
  let group = program;
  let rest = words;
  for (;;) {
    const at = commandPosition(rest);
    if (at === undefined) return false;
    const command = group.commands.find((candidate) => candidate.name() === rest[at]);
    if (command === undefined) return true;
    rest = rest.slice(at + 1);
    // Help for a command counts as that command.
    if (command.parent === program && command.name() === 'help') continue;
    if (command.commands.length === 0) return false;
    group = command;
  }
}

/** The position of the command after flags and their values; undefined without a command. */
function commandPosition(words: readonly string[]): number | undefined {
  for (let position = 0; position < words.length; position += 1) {
    const word = words[position] as string;
    if (word === '' || word === '--') return undefined;
    if (!word.startsWith('-')) return position;
    if (takesNextWord(word)) position += 1;
  }
  return undefined;
}

/** `-ojson` and `--output=json` include their value. */
function takesNextWord(flag: string): boolean {
  return !flag.includes('=') && (flag.startsWith('--') || flag.length === 2) && !flagsWithoutValue.has(flag);
}
