import { chownSync, existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { jacoSucceeds } from './jaco-process.js';
import { operatorToken, type RunningSandbox, startSandbox } from './running-sandbox.js';
import { scratchFor } from './scratch-directory.js';
import { isRoot, otherUser, skipWithoutRoot } from './unprivileged-jaco.js';

const test = suite('jaco sandbox');
const scratch = scratchFor(test);
const started: RunningSandbox[] = [];

test.after.each(async () => {
  await Promise.all(started.splice(0).map((sandbox) => sandbox.stop()));
});

async function start(name: string, ...flags: readonly string[]): Promise<RunningSandbox> {
  const sandbox = await startSandbox(scratch.path(name), flags);
  started.push(sandbox);
  return sandbox;
}

const status = (sandbox: RunningSandbox) => jacoSucceeds(['cluster', 'status', '--socket', sandbox.socket]);
const raftIndex = async (sandbox: RunningSandbox) => Number(/^Raft index: (\d+)$/m.exec(await status(sandbox))?.[1]);
const backUp = (sandbox: RunningSandbox, name: string) =>
  jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', scratch.path(name)]);

async function restore(archive: string, into: string, name: string): Promise<void> {
  const parameters = ['--input', scratch.path(archive), '--name', name, '--data-dir', scratch.path(into)];
  await jacoSucceeds(['restore', ...parameters, '--advertise-addr', '10.0.0.5:7001']);
}

async function events(sandbox: RunningSandbox, type: string): Promise<{ identity: string; payload: object }[]> {
  return JSON.parse(await jacoSucceeds(['audit', '--socket', sandbox.socket, '--type', type, '-o', 'json']));
}

test('makes an example cluster in an empty directory and says how to reach it', async () => {
  const sandbox = await start('node', '--name', 'node-1', '--listen', '127.0.0.1:0');
  const data = scratch.path('node');
  const text = sandbox.text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, '<id>');
  assert.is(
    text,
    [
      'Node:     node-1',
      'Cluster:  <id> (made with an example cluster)',
      `Data:     ${data}`,
      `Socket:   ${data}/jaco.sock`,
      `Server:   ${sandbox.server}`,
      `CA:       ${data}/node/ca.crt`,
      `Token in: ${data}/operator-token`,
      'Ready.',
      '',
    ].join('\n'),
  );
  assert.match(operatorToken(data), /^[0-9a-f]{64}$/);
});

test('keeps its files to itself, and its socket to itself and its group', async () => {
  const sandbox = await start('node', '--name', 'node-1', '--listen', '127.0.0.1:0');
  const mode = (...names: string[]) => (lstatSync(scratch.path('node', ...names)).mode & 0o7777).toString(8);
  assert.is(mode(), '700');
  assert.is(mode('raft'), '700');
  assert.is(mode('raft', 'log.db'), '600');
  assert.is(mode('operator-token'), '600');
  assert.is(mode('node', 'node-1.key'), '600');
  assert.is(mode('jaco.sock'), '660');
  assert.ok(lstatSync(sandbox.socket).isSocket());
});

test('admits no other user between creating its socket and listening, under any umask', async () => {
  // The trace shows the mode when the call that creates the socket returns.
  const watch = `
    import { lstatSync, writeFileSync } from 'node:fs';
    import { Server } from 'node:net';
    const { listen } = Server.prototype;
    process.umask(0);
    Server.prototype.listen = function (...parameters) {
      const listening = listen.apply(this, parameters);
      const { path } = parameters[0];
      if (path !== undefined) writeFileSync('${scratch.path('mode')}', lstatSync(path).mode.toString(8));
      return listening;
    };`;
  writeFileSync(scratch.path('watch.mjs'), watch);
  const environment = { NODE_OPTIONS: `--import ${scratch.path('watch.mjs')}` };
  const sandbox = await startSandbox(scratch.path('node'), [], { environment });
  await sandbox.stop();
  assert.is(readFileSync(scratch.path('mode'), 'utf8'), '140660');
});

test('stops on SIGTERM and SIGINT with success, and takes its socket away', async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const sandbox = await startSandbox(scratch.path('node'));
    const { code, stderr } = await sandbox.stop(signal);
    assert.is(code, 0);
    assert.match(stderr, /^The sandbox replicates nothing: .* Stop it with Ctrl-C\.\n$/);
    assert.not.ok(existsSync(sandbox.socket));
  }
});

test('continues where it stopped, even if it was killed', async () => {
  const first = await startSandbox(scratch.path('node'), ['--name', 'node-1']);
  await backUp(first, 'a.tar.gz');
  const before = await raftIndex(first);
  await first.stop('SIGKILL');
  assert.ok(existsSync(first.socket));
  const second = await start('node');
  assert.match(second.text, /^Node: {5}node-1\nCluster: {2}\S+ \(resumed\)$/m);
  assert.ok((await raftIndex(second)) > before);
  assert.is((await events(second, 'backup_taken')).length, 1);
});

test('has the name of this host if no name is given', async () => {
  const sandbox = await start('node');
  assert.ok(sandbox.text.startsWith(`Node:     ${hostname()}\n`));
});

test('boots a restored store as the single voter, and records RESTORE_COMPLETED once', async () => {
  const old = await start('old', '--name', 'node-1');
  await backUp(old, 'a.tar.gz');
  await restore('a.tar.gz', 'new', 'recovered');

  const first = await startSandbox(scratch.path('new'));
  assert.match(first.text, /^Node: {5}recovered\nCluster: {2}\S+ \(restored; RESTORE_COMPLETED is recorded\)$/m);
  assert.match(await status(first), /^Leader: {5}recovered$/m);
  assert.match(await status(first), /- recovered @ 10\.0\.0\.5:7001 \[READY, VOTER\]/);
  assert.not.match(await status(first), /node-1 @ \S+ \[READY, VOTER\]/);
  const [recorded, ...more] = await events(first, 'restore_completed');
  assert.is(more.length, 0);
  const marker = Object.fromEntries(
    readFileSync(scratch.path('new', 'restore.txt'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('=')),
  );
  assert.equal(recorded?.payload, marker);
  assert.is(recorded?.identity, 'restore');
  await first.stop();

  const second = await start('new');
  assert.match(second.text, /\(resumed\)$/m);
  assert.is((await events(second, 'restore_completed')).length, 1);
  assert.is((await events(second, 'token_issue')).length, 1);
});

test('restores generation after generation, each recorded, and the token stays valid', async () => {
  const first = await start('one', '--name', 'node-1');
  const token = operatorToken(scratch.path('one'));
  await backUp(first, 'a.tar.gz');
  await restore('a.tar.gz', 'two', 'node-2');
  const second = await start('two');
  await backUp(second, 'b.tar.gz');
  await restore('b.tar.gz', 'three', 'node-3');
  const third = await start('three', '--listen', '127.0.0.1:0');
  assert.is((await events(third, 'restore_completed')).length, 2);
  assert.match(third.text, /^Token: {4}one of the cluster's operator tokens$/m);
  const environment = { JACO_TOKEN: token, JACO_CA_CERT: third.caCertificate };
  const parameters = ['backup', '--server', third.server, '--output', scratch.path('c.tar.gz')];
  await jacoSucceeds(parameters, { environment });
});

test('serves at a socket of another place, and boots with JACO variables of other programs around', async () => {
  const environment = { JACO_DATA_DIR: '/nonexistent', JACO_SOCKET: '/nonexistent', JACO_TOKEN: 'x' };
  const sandbox = await startSandbox(scratch.path('node'), ['--socket', scratch.path('s')], { environment });
  started.push(sandbox);
  assert.is(sandbox.socket, scratch.path('s'));
  assert.match(await status(sandbox), /^Status: {5}initialized$/m);
});

test('leaves its files to the owner of the data directory', async () => {
  if (!isRoot) return skipWithoutRoot('giving files to another user');
  chownSync(scratch.directory('node'), otherUser, otherUser);
  const sandbox = await start('node', '--name', 'node-1', '--listen', '127.0.0.1:0');
  await backUp(sandbox, 'a.tar.gz');
  for (const name of ['raft/log.db', 'raft/snapshots', 'operator-token', 'node', 'node/ca.crt', 'node/node-1.key']) {
    assert.is(lstatSync(scratch.path('node', name)).uid, otherUser, name);
  }
});

test.run();
