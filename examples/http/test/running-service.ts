import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DaemonConnection } from 'jaco/adapters/grpc/connection';
import { startServer } from '../src/server.js';
import { createService } from '../src/service.js';
import { type ServiceSettings, usualSettings } from '../src/settings.js';

/** What the service of these tests asks for. */
export const token = 'f'.repeat(64);
/** The headers of a client that has it. */
export const authorized = { authorization: `Bearer ${token}` };

/** A service that listens. */
export interface RunningService {
  readonly port: number;
  /** Where a path of it is. */
  url(path: string): string;
  /** Asks with the token. */
  ask(path: string, options?: RequestInit): Promise<Response>;
  /** Failures that no answer could tell. */
  readonly reported: readonly unknown[];
  /** Stops it; those that are being answered may take so many milliseconds. */
  stop(graceMs?: number): Promise<void>;
}

/** Starts the service in front of a daemon: the one at a socket, if only the path of that is given. */
export async function startService(
  daemon: string | DaemonConnection,
  changes: Partial<ServiceSettings> = {},
): Promise<RunningService> {
  const reported: unknown[] = [];
  const report = (error: unknown) => reported.push(error);
  const connection: DaemonConnection = typeof daemon === 'string' ? { kind: 'socket', path: daemon } : daemon;
  const service = createService({ ...usualSettings, connection, token, report, ...changes });
  const server = await startServer(service, { host: '127.0.0.1', port: 0 });
  const { port } = server.place;
  const url = (path: string) => `http://127.0.0.1:${port}${path}`;
  return {
    port,
    url,
    ask: (path, options = {}) => fetch(url(path), { ...options, headers: { ...authorized, ...options.headers } }),
    reported,
    stop: (graceMs = 0) => server.stop(graceMs),
  };
}

/** An error as the service tells it. */
export interface ToldError {
  readonly code: string;
  readonly message: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly remedies: readonly { readonly kind: string }[];
}

/** The error that an answer tells: whole, and in the words of no other frontend. */
export async function errorIn(response: Response): Promise<ToldError> {
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
  assert.ok(response.status >= 400, String(response.status));
  return errorOf(await response.text());
}

/** The error in the text of an answer. */
export function errorOf(text: string): ToldError {
  assertNoForeignWords(text);
  const { error } = JSON.parse(text) as { error: ToldError };
  assert.deepEqual(Object.keys(error), ['code', 'message', 'facts', 'remedies', 'left_behind']);
  assert.notEqual(error.message, '');
  return error;
}

/** That an answer has no flag, no environment variable and no command of the command line in it, nor the streams of a shell. */
export function assertNoForeignWords(text: string): void {
  assert.doesNotMatch(text, /--|\bsudo\b|JACO_|standard (in|out)put/, text);
}

/** Waits until something holds. @throws Error it did not come about in half a minute */
export async function until(holds: () => boolean): Promise<void> {
  for (let attempt = 0; !holds(); attempt += 1) {
    if (attempt === 3_000) throw new Error('what was waited for did not come about');
    await sleep(10);
  }
}
