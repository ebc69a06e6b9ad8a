import { type ArchiveLimits, defaultArchiveLimits } from '../adapters/archive/archive-limits.js';
import type { DaemonConnection } from '../adapters/grpc/connection.js';
import type { HostSettings } from '../composition/identifiers.js';
import type { ReadingSettings } from '../composition/settings.js';
import { JacoError } from '../domain/errors.js';
import { advice } from '../domain/remedy.js';
import { type ArchiveLocation, parseArchiveLocation } from '../domain/values/archive-location.js';
import { parseByteSize } from '../domain/values/byte-size.js';
import { defaultDataDirectory, defaultSocket } from '../domain/values/daemon-defaults.js';
import { dataDirectoryNames } from '../domain/values/data-directory-layout.js';
import { parseDuration } from '../domain/values/duration.js';
import { printable } from '../domain/values/printable-text.js';
import { type ObjectStorageOptions, objectStorageFrom } from './object-storage-options.js';
import type { Terminal } from './terminal.js';

/** The flags with which every command that talks to a daemon finds it. */
export interface ConnectionOptions {
  readonly server?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly caCert?: string;
  readonly socket?: string;
}

/** Where the cluster CA certificate lies on a node. */
export const defaultCaCertificate = `${defaultDataDirectory}/${dataDirectoryNames.node}/ca.crt`;

/** A value from the environment; empty counts as not set. */
export function fromEnvironment(name: string): string | undefined {
  const value = process.env[name];
  return value === undefined || value === '' ? undefined : value;
}

/** The environment for facts about this host: PATH, and JACO_CONFIG as jacod reads it. */
export function hostFromEnvironment(): HostSettings {
  return { environment: process.env, daemonConfiguration: fromEnvironment('JACO_CONFIG') };
}

/**
 * The daemon to connect to: `--server` over TLS with a token, or the local socket without one. `goesOn`: another daemon
 * may be asked over TLS after the socket, so flags for TLS are useful.
 * @throws credentials_missing  `--server` is given without a token
 * @throws request_invalid      flags contradict each other
 */
export function connectionFrom(options: ConnectionOptions, goesOn = false): DaemonConnection {
  refuseContradiction(options, goesOn);
  if (options.server === undefined) {
    return { kind: 'socket', path: options.socket ?? fromEnvironment('JACO_SOCKET') ?? defaultSocket };
  }
  const connectionTo = connectionToOthers(options);
  if (connectionTo === undefined) {
    throw new JacoError(
      'credentials_missing',
      'a connection with --server needs an operator token, and none was given.',
      {
        remedies: [advice('Set JACO_TOKEN or give --token-file, or leave --server out to use the local socket.')],
      },
    );
  }
  return connectionTo(options.server);
}

function refuseContradiction({ server, socket, token, tokenFile, caCert }: ConnectionOptions, goesOn: boolean): void {
  if (server !== undefined && socket !== undefined) {
    throw new JacoError('request_invalid', '--socket and --server name two daemons.', {
      remedies: [advice('Give the one that is to be asked.')],
    });
  }
  if (server !== undefined || goesOn) return;
  const given = { '--token-file': tokenFile, '--token': token, '--ca-cert': caCert };
  const useless = Object.entries(given).find(([, value]) => value !== undefined)?.[0];
  if (useless === undefined) return;
  throw new JacoError('request_invalid', `${useless} has no use without --server: the local socket needs neither.`, {
    remedies: [advice(`Give --server <host:port>, or leave ${useless} out.`)],
  });
}

/** How to reach any daemon of the cluster over TLS; undefined without a token. */
export function connectionToOthers(options: ConnectionOptions): ((address: string) => DaemonConnection) | undefined {
  const token = (options.token ?? fromEnvironment('JACO_TOKEN') ?? '').trim();
  if (token === '') return undefined;
  const caCertificatePath = options.caCert ?? fromEnvironment('JACO_CA_CERT') ?? defaultCaCertificate;
  return (address) => ({ kind: 'tls', address, caCertificatePath, token });
}

/**
 * The value of a flag or argument that must be given, and not be empty.
 * @throws request_invalid
 */
export function required(value: string | undefined, flag: string, command: string): string {
  if (value !== undefined && value !== '') return value;
  const sentence = value === undefined ? `${flag} is required.` : `${flag} is empty.`;
  throw new JacoError('request_invalid', sentence, { remedies: [advice(`See jaco ${command} --help.`)] });
}

/**
 * A flag's value as a duration, in milliseconds.
 * @throws request_invalid
 */
export function durationMs(text: string, flag: string): number {
  const value = parseDuration(text);
  if (value !== undefined) return value;
  // Its form is right, so that only its length can be wrong.
  const isLong = parseDuration(text.replace(/[0-9]+(?:\.[0-9]+)?/g, '1')) !== undefined && /[1-9]/.test(text);
  const reason = isLong ? 'is longer than any span of time that can be counted' : 'is not a span of time';
  throw new JacoError('request_invalid', `${flag} "${printable(text, 60)}" ${reason}.`, {
    remedies: [advice(isLong ? 'Give a shorter one.' : 'Write it like 30s, 1h30m or 7d.')],
  });
}

/**
 * The limits on an archive, from `--max-snapshot-size`.
 * @throws request_invalid
 */
export function limitsFrom(maximumSnapshotSize: string | undefined): ArchiveLimits {
  if (maximumSnapshotSize === undefined) return defaultArchiveLimits;
  const snapshotBytes = parseByteSize(maximumSnapshotSize);
  if (snapshotBytes !== undefined) return { snapshotBytes };
  throw new JacoError('request_invalid', `--max-snapshot-size "${printable(maximumSnapshotSize, 60)}" is not a size.`, {
    remedies: [advice('Write it like 512MiB or 20GB.')],
  });
}

/**
 * The output format, one of `allowed`.
 * @throws request_invalid
 */
export function formatFrom<Format extends string>(text: string, allowed: readonly Format[]): Format {
  const found = allowed.find((format) => format === text);
  if (found !== undefined) return found;
  throw new JacoError('request_invalid', `there is no output format "${printable(text, 60)}".`, {
    remedies: [advice(`Choose one of ${allowed.join(', ')}.`)],
  });
}

/** The flags of every command that reads an archive. */
export interface ReadingOptions extends ObjectStorageOptions {
  readonly identity?: string;
  readonly maxSnapshotSize?: string;
}

/** The flag of every command that looks into a sealed state. */
export interface KeyringOptions {
  readonly keyFile?: string;
}

/**
 * The archive that the value of a flag or argument names, which must be given, and not be empty.
 * @throws request_invalid
 */
export function requiredArchive(value: string | undefined, flag: string, command: string): ArchiveLocation {
  return parseArchiveLocation(required(value, flag, command));
}

/**
 * How to read the archives at `inputs`. Opens stdin only if one of them is there.
 * @throws request_invalid  stdin is a terminal
 */
export function readingFrom(
  options: ReadingOptions,
  inputs: readonly ArchiveLocation[],
  terminal: Terminal,
): ReadingSettings {
  if (inputs.some(({ kind }) => kind === 'standard-stream')) refuseTypedInput(terminal);
  return {
    limits: limitsFrom(options.maxSnapshotSize),
    identityPath: options.identity,
    streams: terminal.streams,
    readsPipes: inputs.some(({ kind }) => kind === 'file'),
    objects: objectStorageFrom(options, inputs),
  };
}

function refuseTypedInput({ inputIsTerminal }: Terminal): void {
  if (!inputIsTerminal) return;
  throw new JacoError('request_invalid', 'an archive is binary, and standard input is a terminal.', {
    remedies: [advice('Give the path of a file, or pipe an archive in.')],
  });
}

/** The values of a flag that may be given several times, in their order. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
