import type { Command } from 'commander';
import type { ListOptions } from './commands/list.js';
import type { PruneOptions } from './commands/prune.js';
import { examples } from './examples.js';
import { withObjectStorage } from './object-storage-options.js';
import { withRetention } from './retention-options.js';
import type { Terminal } from './terminal.js';

/*
 * The commands about all backups of a place: their flags, help and examples.
 */

const place = 'a directory, s3://bucket/prefix/, or a pattern as of backup --output';

/** `jaco list`. */
export function addList(program: Command, terminal: Terminal): void {
  withObjectStorage(program.command('list'))
    .argument('<place>', place)
    .summary('list the backups in a place')
    .description(
      'Lists backups with their time, age, raft index and size, then each cluster with the gaps and the growth of its series. ' +
        'Each file is read to its end once, as by inspect; what was found is remembered beside the files, in ' +
        '.jaco-verified.json, and holds until a file changes.',
    )
    .option('--identity <file>', 'age identity file, by which encrypted backups are recognised')
    .option('--html <file>', 'also write a page there, with plots of size and kinds over time, complete in one file')
    .option('-o, --format <format>', 'text or json', 'text')
    .addHelpText(
      'after',
      examples(
        'jaco list /var/backups/jaco',
        'jaco list s3://backups/jaco/ -o json',
        'jaco list /backups/cluster-%F.tar.gz',
        'jaco list /var/backups/jaco --html backups.html',
      ),
    )
    .action(async (word: string, options: ListOptions) =>
      (await import('./commands/list.js')).list(word, options, terminal),
    );
}

/** `jaco prune`. */
export function addPrune(program: Command, terminal: Terminal): void {
  withRetention(withObjectStorage(program.command('prune')), 'keep the newest n backups of each cluster')
    .argument('<place>', place)
    .summary('delete backups that no rule keeps')
    .description(
      'Deletes the backups that no rule keeps, those of each cluster by themselves, and says why each one stays or goes. ' +
        'What is no complete backup is left alone. The newest backup always stays, and so do backups from the future and those ' +
        'whose time and raft index contradict each other.',
    )
    .option('--dry-run', 'say what would be deleted, and delete nothing')
    .option('--identity <file>', 'age identity file, by which encrypted backups are recognised')
    .option('-o, --format <format>', 'text or json', 'text')
    .addHelpText(
      'after',
      examples(
        'jaco prune /var/backups/jaco --keep-daily 7 --keep-weekly 5 --keep-monthly 12 --dry-run',
        'jaco prune s3://backups/jaco/cluster-%F.tar.gz --keep-within 30d',
      ),
    )
    .action(async (word: string, options: PruneOptions) =>
      (await import('./commands/prune.js')).prune(word, options, terminal),
    );
}
