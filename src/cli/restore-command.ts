import { type Command, Option } from 'commander';
import { defaultDataDirectory, defaultSocket } from '../domain/values/daemon-defaults.js';
import type { RestoreOptions } from './commands/restore.js';
import { examples } from './examples.js';
import { keyFileFlag } from './key-file.js';
import { withObjectStorage } from './object-storage-options.js';
import { collect } from './options.js';
import type { Terminal } from './terminal.js';

/** `jaco restore`: its flags, help and examples. */
export function addRestore(program: Command, terminal: Terminal): void {
  withObjectStorage(program.command('restore'))
    .summary('prime a data directory from a backup')
    .description(
      'Seeds a fresh raft store from a backup, so that this node comes up as the single voter of the recovered ' +
        'cluster. Run it as root with jacod stopped. Either all of it is done, or the directory stays as it was.',
    )
    .option('--input <file>', 'the backup archive: a file, s3://bucket/key, or - for standard input (required)')
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
    .option('--expect-cluster <id>', 'refuse a backup of any other cluster than this one')
    .option(
      '--daemon-version <version>',
      'the version of the daemon that will boot (default: what jacod --version says)',
    )
    .option(
      '--socket <path>',
      `socket of the daemon that must not be running (default: JACO_SOCKET, then jacod.yaml, then ${defaultSocket})`,
    )
    .option('--identity <file>', 'age identity file, for an archive that is encrypted')
    .option(...keyFileFlag)
    .option('--max-snapshot-size <size>', 'refuse a larger snapshot, for example 512MiB (default: 64GiB)')
    .addOption(withoutIdentity())
    .addOption(
      new Option('--remove-node <hostname>', 'take a node that will not come back out of the state; repeatable')
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--remove-other-nodes', 'take every node but this one out of the state')
    .option('--bare', 'restore the state alone: do not enter this node or RESTORE_COMPLETED in it')
    .option(
      '--into-other-files',
      'restore also into a directory that holds other files and nothing of a daemon; they are left alone',
    )
    .option('--sealed', 'the daemon that will boot seals its state (default: what this host shows)')
    .option('--plain', 'the daemon that will boot is one from before September 2026, which seals nothing')
    .option('--allow-plain', 'seal the state of a plain backup, which nothing has authenticated, under the keyring')
    .option('--dry-run', 'print the plan, check everything, and write nothing')
    .option(
      '-q, --quiet',
      'show no progress, and leave out the text of a success; warnings, errors, plans and JSON stay',
    )
    .option('-o, --format <format>', 'text or json', 'text')
    .addHelpText(
      'after',
      examples(
        'sudo systemctl stop jaco',
        'sudo jaco restore --input cluster.tar.gz --name $(hostname)',
        'jaco restore --input cluster.tar.gz --name node-1 --data-dir /tmp/rehearsal --dry-run',
      ),
    )
    .action(async (options: RestoreOptions) => (await import('./commands/restore.js')).restore(options, terminal));
}

/** The parser would treat `--no-identity` as the opposite of `--identity <file>`; it is unrelated. */
export function withoutIdentity(): Option {
  const option = new Option('--no-identity', "do not make this node's certificate and key, signed by the cluster's CA");
  option.attributeName = () => 'nodeIdentity';
  return option;
}
