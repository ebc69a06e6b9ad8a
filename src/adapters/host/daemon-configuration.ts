import { readFile } from 'node:fs/promises';
import type { Document, DocumentOptions, ParseOptions, SchemaOptions } from 'yaml';
import { JacoError } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import { printable } from '../../domain/values/printable-text.js';
import type { DaemonConfiguration } from '../../ports/host-facts.js';

const defaultConfigurationPath = '/etc/jaco/jacod.yaml';

/** Common errors, explained. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is not a directory',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
};

const nothingConfigured: DaemonConfiguration = {
  path: undefined,
  clusterAddress: undefined,
  listenAddress: undefined,
  dataDirectory: undefined,
  unixSocket: undefined,
};

/**
 * Reads jacod.yaml, at `chosenPath` or in its usual place, as the daemon does (gopkg.in/yaml.v3): only the first
 * document, and every scalar as it is spelled, so that 1.10 is a text (findings/yaml-scalars-as-text.sh).
 * @throws configuration_unreadable
 */
export async function readDaemonConfiguration(chosenPath: string | undefined): Promise<DaemonConfiguration> {
  const path = chosenPath ?? defaultConfigurationPath;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // The default file may be absent; one that the operator named may not.
    if (chosenPath === undefined && (code === 'ENOENT' || code === 'ENOTDIR')) return nothingConfigured;
    throw unreadable(path, reasons[String(code)] ?? String(code), error);
  }
  const fields = await fieldsIn(path, text);
  // Without a value the daemon looks elsewhere for its keyring.
  const stateKeyFile = fields('state_key_file', 'may-be-empty');
  return {
    path,
    clusterAddress: fields('cluster_addr'),
    listenAddress: fields('listen_addr'),
    dataDirectory: fields('data_dir'),
    unixSocket: fields('unix_socket'),
    ...(stateKeyFile === undefined ? {} : { stateKeyFile }),
  };
}

/**
 * Every scalar is text as it is spelled, but for null; `<<` merges a mapping into this one. Bytes become an object, so that
 * they are refused.
 */
const asGoReads: ParseOptions & DocumentOptions & SchemaOptions = {
  schema: 'failsafe',
  customTags: ['null', 'merge', 'binary'],
};

/** The text of a field; undefined if it is missing or null. */
type Fields = (key: string, empty?: 'may-be-empty') => string | undefined;

async function fieldsIn(path: string, text: string): Promise<Fields> {
  // Loaded only if there is something to parse.
  const { parseAllDocuments } = await import('./yaml-text.js');
  const [document] = parseAllDocuments(text, asGoReads);
  // The daemon would not start with an empty file. But /dev/null is empty too, and operators use it to say that there
  // is no file.
  if (document === undefined) return () => undefined;
  const values = valuesIn(path, document);
  return (key, empty) => {
    const value = values[key];
    if (value === undefined || value === null) return undefined;
    if (value === '' && empty === 'may-be-empty') return undefined;
    if (value === '') throw unreadable(path, `${key} is empty, with which the daemon does not start`);
    if (typeof value === 'object') throw unreadable(path, `${key} is not text`);
    return String(value);
  };
}

function valuesIn(path: string, document: Document): Readonly<Record<string, unknown>> {
  let values: unknown;
  try {
    if (document.errors[0] !== undefined) throw document.errors[0];
    values = document.toJS();
  } catch (error) {
    throw unreadable(path, 'it is not YAML', error);
  }
  if (values === null || values === undefined) return {};
  if (typeof values === 'object' && !Array.isArray(values)) return values as Readonly<Record<string, unknown>>;
  throw unreadable(path, 'it is not a YAML mapping');
}

function unreadable(path: string, reason: string, cause?: unknown): JacoError {
  return new JacoError(
    'configuration_unreadable',
    `cannot read the daemon's configuration ${printable(path, 4096)}: ${reason}.`,
    {
      remedies: [
        advice('Correct it.'),
        { kind: 'choose-another', parameter: 'daemonConfiguration' },
        { kind: 'give-instead', parameters: ['dataDirectory', 'socket', 'advertiseAddress', 'grpcAddress'] },
      ],
      cause,
    },
  );
}
