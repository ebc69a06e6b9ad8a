import { Command, Option } from 'commander';
import { defaultSocket } from '../domain/values/daemon-defaults.js';
import { programVersion } from '../version.js';
import type { AuditOptions } from './commands/audit.js';
import type { BackupOptions } from './commands/backup.js';
import type { ClusterStatusOptions } from './commands/cluster-status.js';
import type { DrillOptions } from './commands/drill.js';
import type { SandboxOptions } from './commands/sandbox.js';
import { addCompletion } from './completion-command.js';
import { refuseEmptyWords } from './empty-words.js';
import { examples } from './examples.js';
import { addHelp } from './help-command.js';
import { keyFileFlag } from './key-file.js';
import { withObjectStorage } from './object-storage-options.js';
import { collect, defaultCaCertificate } from './options.js';
import { addList, addPrune } from './place-commands.js';
import { asCalled } from './program-name.js';
import { addDiff, addInspect } from './reading-commands.js';
import { addRecover } from './recover-command.js';
import { addRestore } from './restore-command.js';
import { withRetention } from './retention-options.js';
import { addState } from './state-command.js';
import { refuseSwallowedFlags } from './swallowed-flags.js';
import type { Terminal } from './terminal.js';
import { refuseUndecodableWords } from './undecodable-words.js';

/** How long a backup may take (specification), and how long a query may. */
const backupDeadline = '5m';
const questionDeadline = '10s';

/**
 * The command line: its commands, flags, help and examples. A command's code is loaded when it is called, so that help
 * and version cost no more than this file.
 */
export function createProgram(terminal: Terminal, name: 'jaco' | 'jaco-dr' = 'jaco'): Command {
  const program = new Command(name)
    .summary('back up and restore JACO clusters')
    .description(
      'Backs up and restores JACO clusters. What is not one of its commands is handed on to the next jaco on PATH, which is ' +
        "the daemon's own program where that is installed. jaco-dr is a second name, which only this program has.",
    )
    .version(programVersion, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    // Errors are reported in one place, with all other failures.
    .configureOutput({
      outputError: () => undefined,
      writeOut: (text) => void process.stdout.write(asCalled(text, name)),
    })
    .exitOverride()
    .hook('preAction', (_, command) => {
      if (command.getOptionValue('format') === 'json') terminal.awaitJson();
      refuseUndecodableWords(process.argv, process.env);
      refuseEmptyWords(command);
      refuseSwallowedFlags(command);
    });
  addBackup(program, terminal);
  addRestore(program, terminal);
  addRecover(program, terminal);
  addDrill(program, terminal);
  addInspect(program, terminal);
  addDiff(program, terminal);
  addList(program, terminal);
  addPrune(program, terminal);
  addClusterStatus(program, terminal);
  addAudit(program, terminal);
  addState(program, terminal);
  addSandbox(program, terminal);
  addCompletion(program, terminal);
  addHelp(program);
  return program.addHelpText(
    'after',
    examples(
      'jaco backup --output cluster.tar.gz',
      'sudo jaco restore --input cluster.tar.gz --name $(hostname)',
      'jaco inspect cluster.tar.gz',
      'jaco sandbox --data-dir /tmp/try-jaco',
    ),
  );
}

/** What --keep means after a backup. */
const newestOfSeries =
  'after success, keep the newest n backups of this cluster under this pattern, and delete older ones';

function addBackup(program: Command, terminal: Terminal): void {
  withRetention(withObjectStorage(withConnection(program.command('backup'))), newestOfSeries)
    .summary('write a consistent snapshot of the cluster into one file')
    .description(
      'Streams a fresh raft snapshot and its metadata from the leader into a gzipped tar file. The archive is verified ' +
        'while it streams; the file appears only when all of it is good and on stable storage.',
    )
    .option(
      '--output <file>',
      'destination of the archive: a file, s3://bucket/key, or - for standard output (required); may hold the patterns %Y %m %d %H %M %S %F %T %s %j ' +
        'of date(1), in local time, and %% for a percent sign',
    )
    .addOption(
      new Option('--encrypt-to <recipient>', 'encrypt to an age recipient, or to those in a file; repeatable')
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--no-follow', "do not ask the leader when a follower was asked (needs a token and the leader's address)")
    .option('--timeout <span>', 'how long the whole call may take', backupDeadline)
    .option('--max-snapshot-size <size>', 'refuse a larger snapshot, for example 512MiB (default: 64GiB)')
    .option('--identity <file>', 'age identity file, by which --keep recognises backups that are encrypted')
    .option(...keyFileFlag)
    .option('--metrics-file <path>', 'record how it went there, in the Prometheus text format (mode 0644)')
    .option('-q, --quiet', 'print nothing but warnings, errors and JSON')
    .option('-o, --format <format>', 'text or json', 'text')
    .addHelpText(
      'after',
      examples(
        'jaco backup --output cluster.tar.gz',
        'jaco backup --quiet --output /var/backups/jaco/cluster-%F.tar.gz --keep 14 --keep-within 30d',
        'jaco backup --output c-%F.tar.gz --metrics-file /var/lib/prometheus/node-exporter/jaco_backup.prom',
        'jaco backup --server 10.0.0.5:7000 --ca-cert ca.crt --output cluster-$(date +%F).tar.gz   # token in JACO_TOKEN',
        'jaco backup --encrypt-to age1… --output cluster.tar.gz.age',
        'jaco backup --output cluster-%F.tar.gz --keep 14 -o json | jq -r .sha256',
        'jaco backup --output s3://backups/jaco/cluster-%F.tar.gz --s3-endpoint https://s3.example.com --keep 14',
        'jaco backup --output - | ssh vault "cat > cluster.tar.gz"',
      ),
    )
    .action(async (options: BackupOptions) => (await import('./commands/backup.js')).backup(options, terminal));
}

function addDrill(program: Command, terminal: Terminal): void {
  withObjectStorage(program.command('drill'))
    .summary('rehearse a restore, and remove everything again')
    .description(
      'Restores a backup into a throw-away directory through the same code as restore, boots the embedded daemon on it, and ' +
        'checks that it comes up as the single voter, holds the very state of the archive and records the restore. Exit ' +
        'code 0 means: this file restores. Made for cron. The state is on disk while it runs, unencrypted unless it came sealed.',
    )
    .option('--input <file>', 'the backup archive: a file, s3://bucket/key, or - for standard input')
    .option('--newest-of <place>', 'instead, the newest backup of a directory, s3://bucket/prefix/, or a pattern')
    .option('--from <dir>', 'instead, rehearse jaco recover from this data directory, which is only read')
    .option('--accept-loss', 'with --from: go on without entries that damage has taken away')
    .option('--name <hostname>', 'the name to rehearse under (default: this host)')
    .option('--expect-cluster <id>', 'refuse a backup of any other cluster than this one')
    .option('--daemon-version <version>', 'the version of the daemon to judge by (default: what jacod --version says)')
    .option('--work-dir <path>', 'where the throw-away files go, for example /dev/shm (default: TMPDIR)')
    .option('--identity <file>', 'age identity file, for an archive that is encrypted')
    .option(...keyFileFlag)
    .option('--max-snapshot-size <size>', 'refuse a larger snapshot, for example 512MiB (default: 64GiB)')
    .option('--metrics-file <path>', 'record how it went there, in the Prometheus text format (mode 0644)')
    .option('-q, --quiet', 'print nothing but warnings, errors and JSON')
    .option('-o, --format <format>', 'text or json', 'text')
    .addHelpText(
      'after',
      examples(
        'jaco drill --input cluster.tar.gz',
        'jaco drill --input cluster.tar.gz.age --identity key.txt -o json',
        'sudo jaco drill --from /mnt/old-disk/jaco',
        'jaco drill --quiet --newest-of /var/backups/jaco --metrics-file /var/lib/prometheus/node-exporter/jaco_drill.prom',
      ),
    )
    .action(async (options: DrillOptions) => (await import('./commands/drill.js')).drill(options, terminal));
}

function addClusterStatus(program: Command, terminal: Terminal): void {
  const cluster = program
    .command('cluster')
    .summary('ask about the cluster')
    .description("Asks about the cluster. Further commands of this group are the daemon's own, and handed on to it.")
    .addHelpText('after', examples('jaco cluster status'));
  withConnection(cluster.command('status'))
    .summary('print leader, raft index and nodes')
    .description('Prints whether the cluster is initialized, its leader, raft index, and each node.')
    .option('--timeout <span>', 'how long the call may take', questionDeadline)
    .option('-o, --format <format>', 'table, json or yaml', 'table')
    .addHelpText('after', examples('jaco cluster status', 'jaco cluster status -o json'))
    .action(async (options: ClusterStatusOptions) =>
      (await import('./commands/cluster-status.js')).clusterStatus(options, terminal),
    );
}

function addAudit(program: Command, terminal: Terminal): void {
  withConnection(program.command('audit'))
    .summary('print the audit log')
    .description("Prints the cluster's audit log, oldest event first.")
    .option('--type <types>', 'only these types, comma-separated, for example backup_taken,restore_completed')
    .option('--since <span>', 'only events of the last span of time, for example 24h')
    .option('--timeout <span>', 'how long the call may take', questionDeadline)
    .option('-o, --format <format>', 'table or json', 'table')
    .addHelpText('after', examples('jaco audit --type restore_completed', 'jaco audit --since 24h -o json'))
    .action(async (options: AuditOptions) => (await import('./commands/audit.js')).audit(options, terminal));
}

function addSandbox(program: Command, terminal: Terminal): void {
  program
    .command('sandbox')
    .summary('run an embedded single-node daemon for trying out')
    .description(
      'Runs a single-voter daemon in this process until it is interrupted. It speaks the same gRPC contract and keeps the ' +
        'same files as jacod, boots from what restore made, and replicates nothing: it is for trials, drills and tests.',
    )
    .option('--data-dir <path>', 'where its state lies; made with an example cluster when empty', './jaco-sandbox')
    .option('--socket <path>', 'unix socket to serve (default: the one that systemd passes, then <data dir>/jaco.sock)')
    .option('--listen <host:port>', 'also serve TLS there, with the cluster CA and an operator token')
    .option('--name <hostname>', 'the raft id of the node (default: the one in the store, or this host)')
    .option(...keyFileFlag)
    .addHelpText('after', examples('jaco sandbox --data-dir /tmp/try-jaco', 'jaco sandbox --listen 127.0.0.1:7000'))
    .action(async (options: SandboxOptions) => (await import('./commands/sandbox.js')).sandbox(options, terminal));
}

function withConnection(command: Command): Command {
  return command
    .option('--server <host:port>', "the daemon's gRPC address (default: the local socket)")
    .option('--token <token>', 'operator token, with --server (default: JACO_TOKEN; a flag shows in process lists)')
    .option('--token-file <path>', "file with the operator token (default: systemd's credential jaco-token)")
    .option('--ca-cert <path>', `cluster CA certificate, PEM (default: JACO_CA_CERT, then ${defaultCaCertificate})`)
    .option('--socket <path>', `the daemon's unix socket (default: JACO_SOCKET, then ${defaultSocket})`);
}
