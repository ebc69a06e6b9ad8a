import type { Command } from 'commander';
import type { KeygenOptions } from './commands/state-keygen.js';
import { examples } from './examples.js';
import type { Terminal } from './terminal.js';

/** `jaco state`: its commands, with their flags, help and examples. */
export function addState(program: Command, terminal: Terminal): void {
  const state = program
    .command('state')
    .summary('make the keyrings that seal the state of newer daemons')
    .description("Makes keyrings. Further commands of this group are the daemon's own, and handed on to it.")
    .addHelpText('after', examples('jaco state keygen --file /etc/jaco/state-keys.json --key-id cluster-v1'));
  state
    .command('keygen')
    .summary('make a keyring')
    .description(
      'Makes a keyring with a new key, in a file of mode 0600, and never over one that is there. Newer daemons seal the state of ' +
        'the cluster with it, and boot with no other: every node needs the same one, and a backup is worth nothing without it.',
    )
    .option('--file <path>', 'where the keyring goes (required)')
    .option('--key-id <id>', 'what to call the new key: letters, digits, hyphens and underscores (required)')
    .option('--retain-file <path>', 'a keyring whose keys are kept, so that the new one still opens what they sealed')
    .option('-o, --format <format>', 'text or json', 'text')
    .addHelpText(
      'after',
      examples(
        'jaco state keygen --file /etc/jaco/state-keys.json --key-id cluster-v1',
        'jaco state keygen --file /etc/jaco/state-keys-2.json --key-id cluster-v2 --retain-file /etc/jaco/state-keys.json',
      ),
    )
    .action(async (options: KeygenOptions) =>
      (await import('./commands/state-keygen.js')).stateKeygen(options, terminal),
    );
}
