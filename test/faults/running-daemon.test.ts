import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeFileSystem } from '../../src/adapters/filesystem/node-file-system.js';
import { startUntil } from '../adapters/filesystem/child-process.js';
import { jacoFails, jacoSucceeds } from '../cli/jaco-process.js';
import { startSandbox } from '../cli/running-sandbox.js';
import { scratchFor } from '../cli/scratch-directory.js';
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

test('are refused while its socket answers, and done once it has stopped', async () => {
  const sandbox = await startSandbox(scratch.path('running'));
  const words = [...wordsInto('data'), '--socket', sandbox.socket];
  assert.match(
    await jacoFails(words),
    /^Error: cannot restore into \S+data: a daemon is running, as \S+jaco\.sock answers .*\. Stop it first: sudo systemctl stop jaco\.$/,
  );
  assert.equal(scratch.names('data'), []);
  // The kill leaves the socket, on which then nobody answers.
  await sandbox.stop('SIGKILL');
  assert.ok(scratch.names('running').includes('jaco.sock'));
  await jacoSucceeds(words);
  const judged = { files: createNodeFileSystem(), dataDirectory: scratch.path('data'), cluster };
  assert.is(await judgeDataDirectory(judged), 'restored');
});

test('are refused over the directory of a running one, which goes on', async () => {
  const sandbox = await startSandbox(scratch.path('running'));
  const before = everything('running');
  assert.match(await jacoFails([...wordsInto('running'), '--socket', sandbox.socket]), /a daemon is running/);
  assert.match(await jacoFails(wordsInto('running')), /raft\/log\.db already exists\. Point JACO_DATA_DIR at a fresh/);
  assert.equal(everything('running'), before);
  await jacoSucceeds(['cluster', 'status', '--socket', sandbox.socket]);
  await sandbox.stop();
});

/** A program that locks a file as bbolt does, says so and waits; undefined where this machine has none. */
function lockingProgram(path: string): readonly [string, readonly string[]] | undefined {
  const has = (program: string) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
  if (has('flock')) return ['flock', [path, 'sh', '-c', 'echo locked; read line']];
  const source =
    'import fcntl,sys; f=open(sys.argv[1],"r+"); fcntl.flock(f,fcntl.LOCK_EX); print("locked",flush=True); sys.stdin.read()';
  return has('python3') ? ['python3', ['-c', source, path]] : undefined;
}

test('are refused while somebody holds the lock on log.db', async () => {
  const logStore = `${scratch.directory('data', 'raft')}/log.db`;
  writeFileSync(logStore, '');
  const program = lockingProgram(logStore);
  if (program === undefined) return skipTest('a lock on log.db (no flock or python3 here)');
  const holder = await startUntil('locked', ...program);
  try {
    assert.match(
      await jacoFails(wordsInto('data')),
      /^Error: cannot restore into \S+data: a daemon is running, as it holds the lock on raft\/log\.db\. Stop it first/,
    );
  } finally {
    await holder.end();
  }
  assert.match(await jacoFails(wordsInto('data')), /raft\/log\.db already exists\. Point JACO_DATA_DIR at a fresh/);
  assert.equal(everything('data'), ['raft', 'raft/log.db']);
});

test.run();
