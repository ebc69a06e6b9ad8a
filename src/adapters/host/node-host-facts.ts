import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { JacoError } from '../../domain/errors.js';
import { printable } from '../../domain/printable-text.js';
import type { DaemonConfiguration, HostFacts } from '../../ports/host-facts.js';
import { interfaceAddresses, resolveName } from './network-addresses.js';
import { outputOf } from './program-output.js';

const defaultConfigurationPath = '/etc/jaco/jacod.yaml';

/** A version as it may stand anywhere in a line: "jacod v0.3.9 (linux/amd64)", "jacod version dev". */
const versionInText = /(?:^|\s)(v?[0-9]+\.[0-9]+\.[0-9]+(?:[-+][0-9A-Za-z.+-]+)?|dev)(?=[\s,;)]|$)/m;

/**
 * Facts of this machine; `environment` gives PATH, on which jacod and ip are looked for, and JACO_CONFIG. A jacod that does not
 * tell its version within `versionDeadlineMs` milliseconds is stopped and counts as one that cannot.
 */
export function createNodeHostFacts(
  environment: Readonly<Record<string, string | undefined>>,
  versionDeadlineMs = 5_000,
): HostFacts {
  return {
    hostname,
    interfaces: () => interfaceAddresses(environment),
    resolve: resolveName,
    async installedDaemonVersion() {
      // One that cannot tell: the next rule decides.
      const printed = await outputOf('jacod', ['--version'], environment, versionDeadlineMs);
      return printed === undefined ? undefined : versionInText.exec(printed)?.[1];
    },
    daemonConfiguration: () => readConfiguration(environment['JACO_CONFIG'] || undefined),
  };
}

/** What the errors that operators meet mean. */
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

async function readConfiguration(chosenPath: string | undefined): Promise<DaemonConfiguration> {
  const path = chosenPath ?? defaultConfigurationPath;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // A file that nobody asked for may well be absent; one named by JACO_CONFIG may not.
    if (chosenPath === undefined && (code === 'ENOENT' || code === 'ENOTDIR')) return nothingConfigured;
    throw unreadable(path, reasons[String(code)] ?? String(code), error);
  }
  // Loaded only where there is something to parse.
  const { parseYaml } = await import('./yaml-text.js');
  let document: unknown;
  try {
    document = parseYaml(text);
  } catch (error) {
    throw unreadable(path, 'it is not YAML', error);
  }
  if (document === null || document === undefined) return { ...nothingConfigured, path };
  if (typeof document !== 'object' || Array.isArray(document)) throw unreadable(path, 'it is not a YAML mapping');
  const fields = document as Readonly<Record<string, unknown>>;
  const field = (key: string) => textField(path, fields, key);
  return {
    path,
    clusterAddress: field('cluster_addr'),
    listenAddress: field('listen_addr'),
    dataDirectory: field('data_dir'),
    unixSocket: field('unix_socket'),
  };
}

function textField(path: string, fields: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = fields[key];
  if (value === undefined || value === null) return undefined;
  if (value === '') throw unreadable(path, `${key} is empty, with which the daemon does not start`);
  if (typeof value === 'string') return value;
  throw unreadable(path, `${key} is not text`);
}

function unreadable(path: string, reason: string, cause?: unknown): JacoError {
  return new JacoError(
    'configuration_unreadable',
    `cannot read the daemon's configuration ${printable(path, 4096)}: ${reason}.`,
    {
      nextStep:
        'Correct it, name another one with JACO_CONFIG, or give --data-dir, --socket, --advertise-addr and --grpc-addr.',
      cause,
    },
  );
}
