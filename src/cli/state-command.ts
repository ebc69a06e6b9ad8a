import type { Command } from 'commander';
import type { KeygenOptions } from './commands/state-keygen.js';
import type { ReencryptOptions } from './commands/state-reencrypt-backup.js';
import { examples } from './examples.js';
import { keyFileFlag } from './key-file.js';
import { withObjectStorage } from './object-storage-options.js';
import type { Terminal } from './terminal.js';

/** `jaco state`: its commands, with their flags, help and examples. */
export function addState(program: Command, terminal: Terminal): void {
  const state = program
    .command('state')
    .summary('make keyrings, and seal backups under them, for newer daemons')
    .description(
      "Makes keyrings, and re-encrypts backups. Further commands of this group are the daemon's own, and handed on to it.",
    )
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
  withObjectStorage(state.command('reencrypt-backup'))
    .summary('seal a plain backup, or re-encrypt one under another keyring')
    .description(
      'Makes a sealed backup of a plain one, which newer daemons refuse, or of one that is sealed under another keyring. The ' +
        'backup is read twice and stays as it is; the new one goes to a place where nothing is, with mode 0600.',
    )
    .option('--input <file>', 'the backup: a file or s3://bucket/key (required)')
    .option('--file <file>', 'where the new one goes: a file or s3://bucket/key (required)')
    .option(...keyFileFlag)
    .option('--new-key-file <file>', 'keyring to seal under (default: that of --key-file)')
    .option('--allow-legacy-plaintext', 'seal a plain backup, though nothing proves what is in it')
    .option('--identity <file>', 'age identity file, for a backup that is encrypted')
    .option('--max-snapshot-size <size>', 'refuse a larger snapshot, for example 512MiB (default: 64GiB)')
    .option('-o, --format <format>', 'text or json', 'text')
    .addHelpText(
      'after',
      examples(
        'jaco state reencrypt-backup --input plain.tar.gz --file sealed.tar.gz --key-file /etc/jaco/state-keys.json --allow-legacy-plaintext',
        'jaco state reencrypt-backup --input old.tar.gz --file new.tar.gz --key-file /etc/jaco/state-keys.json --new-key-file /etc/jaco/state-keys-2.json',
      ),
    )
    .action(async (options: ReencryptOptions) =>
      (await import('./commands/state-reencrypt-backup.js')).stateReencryptBackup(options, terminal),
    );
}
