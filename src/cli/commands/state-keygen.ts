import { composeKeyringGenerator } from '../../composition/state-commands.js';
import { jsonText } from '../../documents/json-text.js';
import { JacoError } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import { defaultDataDirectory } from '../../domain/values/daemon-defaults.js';
import { printable } from '../../domain/values/printable-text.js';
import { refuseSharedFiles } from '../named-files.js';
import { formatFrom, fromEnvironment, required } from '../options.js';
import type { Terminal } from '../terminal.js';

/** The flags of `jaco state keygen`. */
export interface KeygenOptions {
  readonly file?: string;
  readonly keyId?: string;
  readonly retainFile?: string;
  readonly format: string;
}

/** `jaco state keygen`: makes a keyring. */
export async function stateKeygen(options: KeygenOptions, terminal: Terminal): Promise<void> {
  const path = required(options.file, '--file <path>', 'state keygen');
  const keyId = required(options.keyId, '--key-id <id>', 'state keygen');
  const format = formatFrom(options.format, ['text', 'json']);
  const retainedPath = options.retainFile;
  if (path === '-') {
    throw new JacoError(
      'request_invalid',
      '--file cannot be a standard stream: a keyring is kept in a file of mode 0600.',
      {
        remedies: [advice('Name a file with --file, ./- for one that is called so.')],
      },
    );
  }
  await refuseSharedFiles([
    { flag: '--file', path, use: 'replace' },
    ...(retainedPath === undefined ? [] : [{ flag: '--retain-file', path: retainedPath, use: 'read' } as const]),
  ]);
  const generator = await composeKeyringGenerator();
  const dataDirectory = fromEnvironment('JACO_DATA_DIR') ?? defaultDataDirectory;
  const made = await generator.generate({ path, keyId, retainedPath, dataDirectory });
  if (format === 'json') return terminal.report(jsonText({ path: made.path, active: keyId, keys: made.keyIds }));
  const place = printable(made.path, 4096);
  const kept = made.keyIds.length === 1 ? '' : `, and keeps ${made.keyIds.slice(1).join(', ')}`;
  terminal.report(
    [
      `Wrote the keyring ${place}. It seals with the key ${keyId}${kept}.`,
      '',
      'Keep a copy of it apart from the backups: without it they cannot be opened, and with it everybody can.',
      'Every node needs it, outside its data directory and readable by its daemon alone: state_key_file in jacod.yaml names it.',
    ].join('\n'),
  );
}
