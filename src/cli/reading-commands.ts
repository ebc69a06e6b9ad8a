import { type Command, Option } from 'commander';
import type { ListableKind } from '../domain/archive/inspect-archive.js';
import type { DiffOptions } from './commands/diff.js';
import type { InspectOptions } from './commands/inspect.js';
import { examples } from './examples.js';
import { keyFileFlag } from './key-file.js';
import { withObjectStorage } from './object-storage-options.js';
import type { Terminal } from './terminal.js';

/*
 * The commands that read archives and change nothing: their flags, help and examples.
 */

/** `jaco inspect`. */
export function addInspect(program: Command, terminal: Terminal): void {
  withReading(program.command('inspect'))
    .argument(
      '<archive>',
      'the backup archive: a file, s3://bucket/key, or - for standard input; or a data directory whose daemon does not run',
    )
    .summary('tell what is in a backup, and whether it restores')
    .description(
      'Reads a backup once, verifies everything that a restore would, and prints its metadata and how much of the state ' +
        'is of which kind. Secrets are never decoded. Exits 1 when a restore would refuse it, and says why. Of a ' +
        'data directory it prints the snapshots, the log, the members, and which commands follow the newest snapshot.',
    )
    .addOption(
      new Option('--list <kind>', 'print only the names of one kind, one a line').choices([
        'deployments',
        'nodes',
      ] satisfies ListableKind[]),
    )
    .option('--all', 'list also the kinds of which there is no record')
    .option('--daemon-version <version>', 'judge for a daemon of this version (default: the one jaco is made for)')
    .option('-o, --format <format>', 'text or json', 'text')
    .addHelpText(
      'after',
      examples(
        'jaco inspect cluster.tar.gz',
        'jaco inspect cluster.tar.gz --list deployments',
        'sudo jaco inspect /var/lib/jaco',
        'jaco inspect cluster.tar.gz -o json | jq .age_seconds',
        'ssh vault cat cluster.tar.gz | jaco inspect -',
      ),
    )
    .action(async (archive: string, options: InspectOptions) =>
      (await import('./commands/inspect.js')).inspect(archive, options, terminal),
    );
}

/** `jaco diff`. */
export function addDiff(program: Command, terminal: Terminal): void {
  withReading(program.command('diff'))
    .argument('<old>', 'the earlier backup, as for inspect, or - for standard input')
    .argument('<new>', 'the later backup, as for inspect, or - for standard input')
    .summary('tell what changed between two backups')
    .description(
      'Compares two backups: nodes, deployments and tokens by name (+ added, - removed, ~ changed), every other kind by ' +
        'how many records came and went. Contents are compared by digest and never shown; the load that nodes report and ' +
        'the order of the entries of maps, which a daemon writes anew each time, do not count as a change. Both are verified ' +
        'as by inspect. Unlike diff(1), it exits 0 whether or not they differ, and 1 when one of them cannot be read.',
    )
    .option('-o, --format <format>', 'text or json', 'text')
    .addHelpText(
      'after',
      examples(
        'jaco diff cluster-2026-05-24.tar.gz cluster-2026-05-25.tar.gz',
        'jaco backup --output - | jaco diff cluster.tar.gz -',
        'jaco diff old.tar.gz new.tar.gz -o json | jq .identical',
      ),
    )
    .action(async (oldArchive: string, newArchive: string, options: DiffOptions) =>
      (await import('./commands/diff.js')).diff(oldArchive, newArchive, options, terminal),
    );
}

function withReading(command: Command): Command {
  return withObjectStorage(command)
    .option('--identity <file>', 'age identity file, for an archive that is encrypted')
    .option(...keyFileFlag)
    .option('--max-snapshot-size <size>', 'refuse a larger snapshot, for example 512MiB (default: 64GiB)');
}
