import { type Command, Option } from 'commander';
import { defaultDataDirectory, defaultSocket } from '../domain/values/daemon-defaults.js';
import type { RecoverOptions } from './commands/recover.js';
import { examples } from './examples.js';
import { keyFileFlag } from './key-file.js';
import { collect } from './options.js';
import { withoutIdentity } from './restore-command.js';
import type { Terminal } from './terminal.js';

/** `jaco recover`: its flags, help and examples. */
export function addRecover(program: Command, terminal: Terminal): void {
  program
    .command('recover')
    .summary("prime a data directory from what one node's disk has left")
    .description(
      'For a cluster that has lost its quorum: builds a data directory from the raft store that one node has left, so that ' +
        'this node comes up as the single voter of the same cluster, with all that the disk had received. Entries that no ' +
        'majority had seen are committed with it. The store is only read. Run it as root with jacod stopped. Either all of ' +
        'it is done, or the directory stays as it was.',
    )
    .option('--from <dir>', 'the data directory that is left, or the raft directory in it (required)')
    .option('--compare <dir...>', 'tell which of several data directories holds the most, and change nothing')
    .option('--name <hostname>', "this node's hostname, which is its raft id (required)")
    .option(
      '--data-dir <path>',
      `target data directory (default: JACO_DATA_DIR, then jacod.yaml, then ${defaultDataDirectory})`,
    )
    .option(
      '--advertise-addr <host:port>',
      "this node's raft address as others dial it (default: what the daemon advertises here)",
    )
    .option('--grpc-addr <host:port>', "this node's gRPC address (default: what the daemon advertises here)")
    .option(
      '--socket <path>',
      `socket of the daemon that must not be running (default: JACO_SOCKET, then jacod.yaml, then ${defaultSocket})`,
    )
    .option(...keyFileFlag)
    .addOption(withoutIdentity())
    .addOption(
      new Option('--remove-node <hostname>', 'take a node that will not come back out of the state; repeatable')
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--remove-other-nodes', 'take every node but this one out of the state')
    .option(
      '--into-other-files',
      'recover also into a directory that holds other files and nothing of a daemon; they are left alone',
    )
    .option('--accept-loss', 'go on without entries that damage has taken away')
    .option('--dry-run', 'print the plan, check everything, and write nothing')
    .option('-q, --quiet', 'leave out the text of a success; warnings, errors, plans and JSON stay')
    .option('-o, --format <format>', 'text or json', 'text')
    .addHelpText(
      'after',
      examples(
        'sudo systemctl stop jaco',
        'sudo jaco recover --compare /mnt/disk-1/jaco /mnt/disk-2/jaco',
        'sudo jaco recover --from /mnt/old-disk/jaco --name $(hostname) --dry-run',
        'sudo jaco recover --from /mnt/old-disk/jaco --name $(hostname)',
      ),
    )
    .action(async (options: RecoverOptions) => (await import('./commands/recover.js')).recover(options, terminal));
}
