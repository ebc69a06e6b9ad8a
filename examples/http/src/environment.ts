import { readFileSync } from 'node:fs';
import type { DaemonConnection } from 'jaco/adapters/grpc/connection';
import type { Place } from './server.js';
import { type ServiceSettings, usualSettings } from './settings.js';

/** The settings from the environment. Secrets are in files: every user may read a command line. */
export interface Told {
  readonly settings: Omit<ServiceSettings, 'report'>;
  readonly place: Place;
}

/** Reads the variables that the README has. @throws Error one is missing, or names a file that cannot be read */
export function readEnvironment(environment: Readonly<Record<string, string | undefined>>): Told {
  const { HOST = '127.0.0.1', PORT = '8080' } = environment;
  const port = Number(PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT is "${PORT}", which is no port`);
  return {
    settings: { ...usualSettings, connection: connectionIn(environment), token: secretIn(environment, 'TOKEN_FILE') },
    place: { host: HOST, port },
  };
}

function connectionIn(environment: Readonly<Record<string, string | undefined>>): DaemonConnection {
  const { DAEMON_SOCKET = '/var/run/jaco/jaco.sock', DAEMON_SERVER, DAEMON_CA } = environment;
  if (DAEMON_SERVER === undefined) return { kind: 'socket', path: DAEMON_SOCKET };
  if (DAEMON_CA === undefined) throw new Error('DAEMON_CA must name the file with the CA certificate of the cluster');
  const token = secretIn(environment, 'DAEMON_TOKEN_FILE');
  return { kind: 'tls', address: DAEMON_SERVER, caCertificatePath: DAEMON_CA, token };
}

function secretIn(environment: Readonly<Record<string, string | undefined>>, variable: string): string {
  const path = environment[variable];
  if (path === undefined) throw new Error(`${variable} must name a file that holds a token`);
  return readFileSync(path, 'utf8').trim();
}
