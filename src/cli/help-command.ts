import type { Command } from 'commander';
import { examples } from './examples.js';

/**
 * `jaco help [command...]`. The parser's own command would print the whole help for an unknown command, without an
 * error.
 */
export function addHelp(program: Command): void {
  program
    .command('help [command...]')
    .summary('print help for a command')
    .description('Prints help for a command.')
    .addHelpText('after', examples('jaco help restore', 'jaco help cluster status'))
    .action((words: readonly string[]) => {
      let command = program;
      for (const word of words) {
        const next = command.commands.find((candidate) => candidate.name() === word);
        // The parser suggests what was meant.
        if (next === undefined) command.parse([word], { from: 'user' });
        else command = next;
      }
      command.outputHelp();
    });
}
