import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import type { RequestOptions } from 'node:http';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findMoto, findVersitygw, type StorageProgram } from './storage-programs.js';
import { type StorageProxy, startStorageProxy } from './storage-proxy.js';

/** A server of object storage that runs, behind a proxy of ours. */
export interface StorageServer {
  readonly proxy: StorageProxy;
  /** Credentials for it, and where it is, as the tools of AWS would be told. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where it keeps buckets as directories; undefined where it keeps none on disk. */
  readonly dataDirectory: string | undefined;
}

/** One kind of server. */
export interface StorageServerKind {
  readonly name: string;
  find(): Promise<StorageProgram>;
  /** Starts one, which ends with this process. */
  start(path: string): Promise<StorageServer>;
}

const keys = { AWS_ACCESS_KEY_ID: 'jaco-test', AWS_SECRET_ACCESS_KEY: 'a secret/of+the tests' };

/** The dialects that the tests hold us to. */
export const storageServers: readonly StorageServerKind[] = [
  { name: 'versitygw', find: findVersitygw, start: startVersitygw },
  { name: 'moto', find: findMoto, start: startMoto },
];

async function startVersitygw(path: string): Promise<StorageServer> {
  const { socketPath, data, child, clear } = await runVersitygw(path, []);
  return behindProxy({ socketPath }, child, data, clear);
}

/** versitygw as it runs on a socket of its own directory. */
export interface RunningVersitygw {
  readonly socketPath: string;
  readonly data: string;
  readonly child: ChildProcess;
  clear(): void;
}

/** The credentials that {@link runVersitygw} is started with. */
export const versitygwKeys = keys;

/** Starts versitygw with these flags as well. */
export async function runVersitygw(path: string, flags: readonly string[]): Promise<RunningVersitygw> {
  const directory = mkdtempSync(join(tmpdir(), 'jaco-test-'));
  const data = join(directory, 'data');
  mkdirSync(data);
  const socketPath = join(directory, 'socket');
  const child = spawn(
    join(path, 'versitygw'),
    ['--port', socketPath, '--quiet', '--keep-alive', ...flags, 'posix', data],
    {
      env: { ROOT_ACCESS_KEY: keys.AWS_ACCESS_KEY_ID, ROOT_SECRET_KEY: keys.AWS_SECRET_ACCESS_KEY, HOME: directory },
      stdio: 'ignore',
    },
  );
  await answers({ socketPath });
  return { socketPath, data, child, clear: () => rmSync(directory, { recursive: true, force: true }) };
}

async function startMoto(path: string): Promise<StorageServer> {
  const child = spawn('python3', ['-m', 'moto.server', '-H', '127.0.0.1', '-p', '0'], {
    env: { ...process.env, PYTHONPATH: path, PYTHONUNBUFFERED: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    let text = '';
    child.stderr.on('data', (piece: Buffer) => {
      text += piece;
      const found = /http:\/\/127\.0\.0\.1:([0-9]+)/.exec(text);
      if (found !== null) resolve(Number(found[1]));
    });
    child.on('close', () => reject(new Error(`moto ended:\n${text}`)));
  });
  (child.stderr as Socket).unref();
  return behindProxy({ host: '127.0.0.1', port }, child, undefined, () => undefined);
}

async function behindProxy(
  target: RequestOptions,
  child: ChildProcess,
  dataDirectory: string | undefined,
  clear: () => void,
): Promise<StorageServer> {
  const proxy = await startStorageProxy(target);
  endWithThisProcess(child, clear);
  return {
    proxy,
    dataDirectory,
    environment: {
      ...keys,
      AWS_ENDPOINT_URL_S3: proxy.url,
      AWS_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  };
}

/** Ends `child` with this process, and clears up after it. */
export function endWithThisProcess(child: ChildProcess, clear: () => void): void {
  child.unref();
  process.once('exit', () => {
    child.kill('SIGKILL');
    clear();
  });
}

/** Waits until somebody listens there. */
async function answers(target: { readonly socketPath: string }): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const connected = await new Promise<boolean>((resolve) => {
      const connection = createConnection(target.socketPath);
      connection.once('connect', () => {
        connection.destroy();
        resolve(true);
      });
      connection.once('error', () => resolve(false));
    });
    if (connected) return;
    if (tries > 300) throw new Error('the server does not come up');
    await sleep(100);
  }
}
