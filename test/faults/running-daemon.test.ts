import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeFileSystem } from '../../src/adapters/filesystem/node-file-system.js';
import { startUntil } from '../adapters/filesystem/child-process.js';
import { programCalledSystemd, startListening } from '../adapters/filesystem/listening-process.js';
import { lockingProgram } from '../adapters/filesystem/locking-program.js';
import { hostConfiguration, jacoFails, jacoProgram, jacoSucceeds, runJaco } from '../cli/jaco-process.js';
import { startSandbox } from '../cli/running-sandbox.js';
import { scratchFor } from '../cli/scratch-directory.js';
import { asOtherUser, isRoot, otherUser, skipWithoutRoot } from '../cli/unprivileged-jaco.js';
import { skipTest } from '../skipping.js';
import { restoreWords } from './interrupted-subject.js';
import { judgeDataDirectory } from './restored-directory.js';
import { secretCluster } from './secret-cluster.js';

const test = suite('restores while a daemon runs');
const scratch = scratchFor(test);
const cluster = await secretCluster();

/** Every path below a directory of the scratch directory. */
const everything = (name: string) => readdirSync(scratch.path(name), { recursive: true, encoding: 'utf8' }).sort();

function wordsInto(name: string): readonly string[] {
  writeFileSync(scratch.path('cluster.tar.gz'), cluster.archive);
  return restoreWords(scratch.path('cluster.tar.gz'), scratch.path(name));
}

test('are refused while it listens on its socket, and done once it has stopped', async () => {
  const sandbox = await startSandbox(scratch.path('running'));
  const words = [...wordsInto('data'), '--socket', sandbox.socket];
  assert.match(
    await jacoFails(words),
    new RegExp(
      `^Error: cannot restore into \\S+data: a daemon is running: process ${sandbox.processId} \\(node\\) listens on \\S+jaco\\.sock, and may serve another data directory\\. Stop it first \\(sudo systemctl stop jaco\\), or name the socket of this directory's daemon with --socket\\.$`,
    ),
  );
  assert.equal(scratch.names('data'), []);
  // The kill leaves the socket without a listener.
  await sandbox.stop('SIGKILL');
  assert.ok(scratch.names('running').includes('jaco.sock'));
  await jacoSucceeds(words);
  const judged = { files: createNodeFileSystem(), dataDirectory: scratch.path('data'), cluster };
  assert.is(await judgeDataDirectory(judged), 'restored');
});

test('are refused over the directory of a running one, which keeps running', async () => {
  const sandbox = await startSandbox(scratch.path('running'));
  const before = everything('running');
  assert.match(await jacoFails([...wordsInto('running'), '--socket', sandbox.socket]), /a daemon is running/);
  assert.match(await jacoFails(wordsInto('running')), /raft\/log\.db already exists\. Point JACO_DATA_DIR at a fresh/);
  assert.equal(everything('running'), before);
  await jacoSucceeds(['cluster', 'status', '--socket', sandbox.socket]);
  await sandbox.stop();
});

/** A configuration of the daemon in `directory`, which has addresses. */
function configure(directory: string): Readonly<Record<string, string | undefined>> {
  const addresses = readFileSync(hostConfiguration, 'utf8');
  const places = `data_dir: ${scratch.path(directory)}\nunix_socket: ${scratch.path('jaco.sock')}\n`;
  writeFileSync(scratch.path('jacod.yaml'), addresses + places);
  return { JACO_CONFIG: scratch.path('jacod.yaml'), JACO_SOCKET: undefined };
}

test('are refused while one that is no member of a cluster yet listens for the data directory of jacod.yaml', async () => {
  const environment = configure('data');
  const listener = await startListening(scratch.path('jaco.sock'));
  const refusal = await jacoFails(wordsInto('data'), { environment });
  await listener.end();
  assert.match(refusal, `a daemon is running: process ${listener.process.pid} (node) listens on`);
  assert.equal(scratch.names('data'), []);
});

test('are done elsewhere while it serves the data directory of jacod.yaml', async () => {
  const environment = configure('its own');
  const listener = await startListening(scratch.path('jaco.sock'));
  await jacoSucceeds(wordsInto('data'), { environment });
  await listener.end();
});

test('are refused where the store of a running one was moved away under it', async () => {
  const environment = configure('data');
  writeFileSync(`${scratch.directory('moved', 'raft')}/log.db`, '');
  const listener = await startListening(scratch.path('jaco.sock'), { serving: scratch.path('moved') });
  const refusal = await jacoFails(wordsInto('data'), { environment });
  await listener.end();
  assert.match(refusal, 'a daemon is running');
});

test('are done while it is seen to serve another data directory, though its socket is named', async () => {
  const environment = configure('third');
  writeFileSync(`${scratch.directory('its own', 'raft')}/log.db`, '');
  const listener = await startListening(scratch.path('jaco.sock'), { serving: scratch.path('its own') });
  await jacoSucceeds([...wordsInto('data'), '--socket', scratch.path('jaco.sock')], { environment });
  await listener.end();
});

test('succeed while only systemd holds its socket, without a connection to it', async () => {
  const environment = configure('data');
  const program = await programCalledSystemd(scratch.directory('bin'));
  const systemd = await startListening(scratch.path('jaco.sock'), { program });
  const { code, stderr } = await runJaco(wordsInto('data'), { environment });
  assert.is(systemd.process.exitCode, null, 'somebody connected');
  await systemd.end();
  assert.is(code, 0, stderr);
  assert.match(
    stderr,
    /^Warning: systemd listens on \S+jaco\.sock and starts the daemon as soon as somebody connects/m,
  );
});

test('are refused while a daemon has the socket from systemd', async () => {
  const environment = configure('data');
  const program = await programCalledSystemd(scratch.directory('bin'));
  const both = await startListening(scratch.path('jaco.sock'), { program, handsOn: true });
  const refusal = await jacoFails(wordsInto('data'), { environment });
  await both.end();
  assert.match(refusal, /a daemon is running: process \d+ \(node\) listens on/);
});

test('are refused if the user may not see which process listens', async () => {
  if (!isRoot) return skipWithoutRoot('looking at processes of another user');
  const other = asOtherUser(scratch);
  const words = [...wordsInto('data'), '--socket', scratch.path('jaco.sock')];
  chownSync(scratch.directory('data'), otherUser, otherUser);
  const listener = await startListening(scratch.path('jaco.sock'));
  const refusal = await jacoFails(words, other);
  await listener.end();
  assert.match(
    refusal,
    /^Error: cannot restore into \S+data: cannot tell whether a daemon runs: a process that this user may not see can be listening on \S+\. Run it as root, on the host of the daemon/,
  );
  await jacoSucceeds(words, other);
});

test('are refused while it listens in another network namespace', async () => {
  if (spawnSync('unshare', ['--net', 'true']).status !== 0) {
    return skipTest('a daemon in another network namespace (none can be made here)');
  }
  const program = scratch.path('in-namespace');
  writeFileSync(program, `#!/bin/sh\nexec unshare --net ${process.execPath} "$@"\n`, { mode: 0o755 });
  const listener = await startListening(scratch.path('jaco.sock'), { program });
  const refusal = await jacoFails([...wordsInto('data'), '--socket', scratch.path('jaco.sock')]);
  await listener.end();
  assert.match(refusal, `a daemon is running: process ${listener.process.pid} (node) listens on`);
});

test('succeed while one in a container listens at the same path, in its own file system', async () => {
  const run = scratch.directory('run');
  const mounting = `mount -t tmpfs none ${run}`;
  if (spawnSync('unshare', ['--mount', 'sh', '-c', mounting]).status !== 0) {
    return skipTest('a daemon in another mount namespace (none can be made here)');
  }
  const program = scratch.path('in-container');
  const entering = `exec unshare --mount sh -c '${mounting}; exec ${process.execPath} "$@"' sh "$@"`;
  writeFileSync(program, `#!/bin/sh\n${entering}\n`, { mode: 0o755 });
  const listener = await startListening(`${run}/jaco.sock`, { program });
  await jacoSucceeds([...wordsInto('data'), '--socket', `${run}/jaco.sock`]);
  await listener.end();
});

test('succeed for a user whose capabilities override permissions, where access(2) denies it', async () => {
  const capabilities = '+dac_override,+chown';
  const capable = ['--inh-caps', capabilities, '--ambient-caps', capabilities];
  const become = ['--reuid', String(otherUser), '--regid', String(otherUser), '--clear-groups'];
  if (spawnSync('setpriv', [...become, ...capable, 'true']).status !== 0) {
    return skipTest('a user with such capabilities (setpriv cannot make one here)');
  }
  const { program = '', environment } = asOtherUser(scratch);
  const words = [...wordsInto('data'), '--socket', scratch.path('jaco.sock')];
  const run = (...flags: readonly string[]) =>
    spawnSync('setpriv', [...become, ...flags, process.execPath, program, ...words], {
      encoding: 'utf8',
      env: { ...environment, PATH: process.env['PATH'] },
    });
  scratch.directory('data');
  chmodSync(scratch.path('cluster.tar.gz'), 0o644);
  assert.match(run().stderr, /^Error: /m);
  assert.equal(scratch.names('data'), []);
  const { status, stderr } = run(...capable);
  assert.is(status, 0, stderr);
  assert.is(statSync(scratch.path('data', 'raft')).uid, 0);
});

test('succeed where the system tells nothing of processes, if nothing is at the place of the socket', async () => {
  const withoutProcesses = 'umount -l /proc';
  if (spawnSync('unshare', ['--mount', 'sh', '-c', withoutProcesses]).status !== 0) {
    return skipTest('a system without /proc (no mount namespace can be made here)');
  }
  const run = (words: readonly string[]) =>
    spawnSync(
      'unshare',
      ['--mount', 'sh', '-c', `${withoutProcesses}; exec "$@"`, 'sh', process.execPath, jacoProgram, ...words],
      { encoding: 'utf8', env: { JACO_CONFIG: hostConfiguration, PATH: process.env['PATH'] } },
    );
  const drilled = run(['drill', '--name', 'node-1', ...wordsInto('data').slice(1, 3)]);
  assert.is(drilled.status, 0, drilled.stderr);
  const words = [...wordsInto('data'), '--socket', scratch.path('jaco.sock')];
  writeFileSync(scratch.path('jaco.sock'), '');
  const refused = run(words);
  assert.is(refused.status, 1);
  assert.match(
    refused.stderr,
    /cannot tell whether a daemon runs: this system does not tell who listens on \S+\. Run it as root/,
  );
  rmSync(scratch.path('jaco.sock'));
  const restored = run(words);
  assert.is(restored.status, 0, restored.stderr);
});

test('are refused where a broken jacod.yaml hides its socket, with the data directory and the address given', async () => {
  const environment = configure('data');
  writeFileSync(scratch.path('jacod.yaml'), 'unix_socket: [');
  const listener = await startListening(scratch.path('jaco.sock'));
  const refusal = await jacoFails([...wordsInto('data'), '--advertise-addr', '10.0.0.5:7001'], { environment });
  await listener.end();
  assert.match(refusal, /^Error: cannot read the daemon's configuration \S+jacod\.yaml: it is not YAML\. Correct it/);
  assert.equal(scratch.names('data'), []);
});

test('are refused while a process holds the lock on log.db', async () => {
  const logStore = `${scratch.directory('data', 'raft')}/log.db`;
  writeFileSync(logStore, '');
  const program = lockingProgram(logStore);
  if (program === undefined) return skipTest('a lock on log.db (no flock or python3 here)');
  const holder = await startUntil('locked', ...program);
  try {
    assert.match(
      await jacoFails(wordsInto('data')),
      /^Error: cannot restore into \S+data: a daemon is running: process \d+ holds the lock on raft\/log\.db\. Stop it first/,
    );
  } finally {
    await holder.end();
  }
  assert.match(await jacoFails(wordsInto('data')), /raft\/log\.db already exists\. Point JACO_DATA_DIR at a fresh/);
  assert.equal(everything('data'), ['raft', 'raft/log.db']);
});

test.run();
