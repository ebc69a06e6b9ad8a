import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, linkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { jacoFails, jacoProgram, jacoSucceeds } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('jaco sandbox, started by a socket');
const scratch = scratchFor(test);
const sandboxes: ChildProcess[] = [];

test.after.each(async () => {
  for (const sandbox of sandboxes.splice(0)) {
    if (sandbox.exitCode !== null) continue;
    sandbox.kill();
    await once(sandbox, 'exit');
  }
});

/** Listens on a socket that some other process is to answer on, as systemd does. */
async function listen(socket: string): Promise<Server> {
  const listener = createServer();
  await once(listener.listen(`${socket}.bound`), 'listening');
  // Closing removes the name under which it was bound, not this one.
  linkSync(`${socket}.bound`, socket);
  return listener;
}

/** Starts a sandbox that is given the socket as its file descriptor 3, and waits until it is ready. */
async function start(passed: Server, ...flags: readonly string[]): Promise<{ sandbox: ChildProcess; text: string }> {
  const { _handle: handle } = passed as unknown as { _handle: { fd: number } };
  const words = ['sandbox', '--data-dir', scratch.path('node'), '--name', 'node-1', ...flags];
  // The variable names the very process that is meant, which is known only inside it.
  const script = 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"';
  const sandbox = spawn('/bin/sh', ['-c', script, 'sh', process.execPath, jacoProgram, ...words], {
    stdio: ['ignore', 'pipe', 'ignore', handle.fd],
  });
  sandboxes.push(sandbox);
  passed.close();
  let text = '';
  for await (const chunk of sandbox.stdout?.setEncoding('utf8') ?? []) {
    text += chunk;
    if (text.includes('Ready.\n')) break;
  }
  return { sandbox, text };
}

test('answers on the socket that it was passed, and leaves it where it is', async () => {
  const socket = scratch.path('passed.sock');
  const { sandbox, text } = await start(await listen(socket));
  assert.match(text, /^Socket: +file descriptor 3, passed by systemd$/m);
  assert.match(await jacoSucceeds(['cluster', 'status', '--socket', socket]), /node-1/);
  await jacoSucceeds(['backup', '--socket', socket, '--output', scratch.path('a.tar.gz')]);
  sandbox.kill();
  assert.equal(await once(sandbox, 'exit'), [0, null]);
  assert.ok(existsSync(socket));
  assert.equal(scratch.names('node').includes('jaco.sock'), false);
});

test('answers on the requested socket, even if it was passed another', async () => {
  const own = scratch.path('own.sock');
  await start(await listen(scratch.path('passed.sock')), '--socket', own);
  assert.match(await jacoSucceeds(['cluster', 'status', '--socket', own]), /node-1/);
});

test('takes no socket that was passed to another process', async () => {
  const environment = { LISTEN_PID: '1', LISTEN_FDS: '1' };
  const refused = await jacoFails(['sandbox', '--data-dir', scratch.path('x'.repeat(120))], { environment });
  assert.match(refused, /the path is too long for a unix socket/);
});

test.run();
