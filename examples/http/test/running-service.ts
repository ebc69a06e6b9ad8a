import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DaemonConnection } from 'jaco/adapters/grpc/connection';
import { startServer } from '../src/server.js';
import { createService } from '../src/service.js';
import { type ServiceSettings, usualSettings } from '../src/settings.js';

/** The token of the service in these tests. */
export const token = 'f'.repeat(64);
/** The headers of a client with the token. */
export const authorized = { authorization: `Bearer ${token}` };

/** A service that listens. */
export interface RunningService {
  readonly port: number;
  /** The URL of a path. */
  url(path: string): string;
  /** Sends a request with the token. */
  ask(path: string, options?: RequestInit): Promise<Response>;
  /** Failures that no answer could report. */
  readonly reported: readonly unknown[];
  /** Stops it; running requests may take `graceMs` milliseconds. */
  stop(graceMs?: number): Promise<void>;
}

/** Starts the service in front of a daemon; a path alone means the daemon at that socket. */
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

/** An error as the service reports it. */
export interface ToldError {
  readonly code: string;
  readonly message: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly remedies: readonly { readonly kind: string }[];
}

/** The error in an answer, after checking that it is complete and does not use the words of another frontend. */
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

/** Asserts that an answer names no flag, environment variable or command of the command line, nor a shell's streams. */
export function assertNoForeignWords(text: string): void {
  assert.doesNotMatch(text, /--|\bsudo\b|JACO_|standard (in|out)put/, text);
}

/** Waits until `holds` returns true. @throws Error it did not within half a minute */
export async function until(holds: () => boolean): Promise<void> {
  for (let attempt = 0; !holds(); attempt += 1) {
    if (attempt === 3_000) throw new Error('what was waited for did not come about');
    await sleep(10);
  }
}
