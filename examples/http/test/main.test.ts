import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readEnvironment } from '../src/environment.js';
import { archiveOf, clusterId } from './archives.js';
import { authorized, token } from './running-service.js';
import { scratchDirectory } from './scratch.js';

const path = scratchDirectory();
const main = fileURLToPath(new URL('../src/main.js', import.meta.url));

function tokenFile(name: string, content = `${token}\n`): string {
  writeFileSync(path(name), content, { mode: 0o600 });
  return path(name);
}

/** Starts the process, and returns the line that says where it listens. */
async function startMain(environment: Record<string, string>): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [main], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, url: `http://${/^Listening on (\S+)\.\n$/.exec(line.toString())?.[1]}` };
}

/** The most memory that a process has had, in bytes. */
function peakMemory({ pid }: ChildProcess): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

test('reads a large archive in memory that does not grow with it, and ends when it is told to', async () => {
  const { child, url } = await startMain({ TOKEN_FILE: tokenFile('token'), PORT: '0' });
  const large = archiveOf(192 * 1024 * 1024);
  const send = async (body: Buffer) => {
    const response = await fetch(`${url}/inspect`, { method: 'POST', headers: authorized, body });
    assert.equal(((await response.json()) as { cluster_id: string }).cluster_id, clusterId);
  };
  await send(archiveOf(1024));
  const before = peakMemory(child);
  await send(large);
  const grown = peakMemory(child) - before;
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  assert.ok(grown < large.length / 2, `${grown} bytes more`);
});

test('does not start without a token, or with one that could be guessed', async () => {
  for (const environment of [{}, { TOKEN_FILE: tokenFile('short', 'secret') }, { TOKEN_FILE: path('nowhere') }]) {
    const child = spawn(process.execPath, [main], { env: { PORT: '0', ...environment }, stdio: 'ignore' });
    assert.deepEqual(await once(child, 'exit'), [1, null]);
  }
});

test('asks the daemon at its usual socket, at another, or over TLS with the token in a file', () => {
  const own = { TOKEN_FILE: tokenFile('own') };
  const [daemonToken, usual] = ['d'.repeat(40), '/var/run/jaco/jaco.sock'];
  const overTls = {
    DAEMON_SERVER: '10.0.0.5',
    DAEMON_CA: '/ca.pem',
    DAEMON_TOKEN_FILE: tokenFile('operator', daemonToken),
  };
  const connection = (told: Record<string, string>) => readEnvironment({ ...own, ...told }).settings.connection;
  assert.deepEqual(connection({}), { kind: 'socket', path: usual });
  assert.deepEqual(connection({ DAEMON_SOCKET: '/s' }), { kind: 'socket', path: '/s' });
  assert.deepEqual(connection(overTls), {
    kind: 'tls',
    address: '10.0.0.5',
    caCertificatePath: '/ca.pem',
    token: daemonToken,
  });
});

test('names a variable that is missing or cannot be', () => {
  const own = { TOKEN_FILE: tokenFile('own') };
  assert.throws(() => readEnvironment({}), /TOKEN_FILE/);
  assert.throws(() => readEnvironment({ ...own, PORT: 'http' }), /PORT/);
  assert.throws(() => readEnvironment({ ...own, DAEMON_SERVER: '10.0.0.5' }), /DAEMON_CA/);
  assert.throws(
    () => readEnvironment({ ...own, DAEMON_SERVER: '10.0.0.5', DAEMON_CA: '/ca.pem' }),
    /DAEMON_TOKEN_FILE/,
  );
});
