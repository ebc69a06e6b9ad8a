import { spawnSync } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FileSystem } from '../../../src/adapters/filesystem/file-system.js';
import { createDataDirectoryInspector } from '../../../src/adapters/filesystem/node-data-directory-inspector.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { refusalOf } from '../../builders/outcome.js';
import { skipTest } from '../../skipping.js';
import { startUntil } from './child-process.js';
import { programCalledSystemd, startListening } from './listening-process.js';
import { lockingProgram } from './locking-program.js';
import { withTemporaryDirectory } from './temporary-directory.js';
import { isRoot, somebodyElse } from './users.js';

const test = suite('a data directory on this machine');

const files = createNodeFileSystem();
const socketAt = (path: string) => ({ path, dataDirectory: undefined });
const inspect = (directory: string, fileSystem: FileSystem = files) =>
  createDataDirectoryInspector(fileSystem).inspect(`${directory}/jaco`, socketAt(`${directory}/jaco.sock`));
const withDataDirectory = (work: (directory: string) => Promise<void>) =>
  withTemporaryDirectory(async (directory) => {
    await mkdir(`${directory}/jaco/raft`, { recursive: true });
    await work(directory);
  });

test('is missing, and can be made where its nearest ancestor can be written', () =>
  withTemporaryDirectory(async (directory) => {
    const found = await createDataDirectoryInspector(files).inspect(
      `${directory}/srv/lib/jaco`,
      socketAt('absent.sock'),
    );
    assert.is(found.kind, 'missing');
    assert.is(found.writable, true);
  }));

test('is no directory when it is a link to nothing, or to a file', () =>
  withTemporaryDirectory(async (directory) => {
    await symlink('nowhere', `${directory}/jaco`);
    assert.is((await inspect(directory)).kind, 'not-a-directory');
    await writeFile(`${directory}/nowhere`, '');
    assert.is((await inspect(directory)).kind, 'not-a-directory');
  }));

test('is looked at again when it appears between two looks', () =>
  withTemporaryDirectory(async (directory) => {
    const path = `${directory}/jaco`;
    const fileSystem = createNodeFileSystem();
    const appearing: FileSystem = {
      ...fileSystem,
      async linkStatus(looked) {
        if (looked === path) await mkdir(path, { recursive: true });
        return fileSystem.linkStatus(looked);
      },
    };
    const found = await createDataDirectoryInspector(appearing).inspect(path, socketAt(`${directory}/none`));
    assert.is(found.kind, 'directory');
  }));

test('is where a link leads', () =>
  withTemporaryDirectory(async (directory) => {
    await mkdir(`${directory}/disk/raft`, { recursive: true });
    await writeFile(`${directory}/disk/raft/log.db`, '');
    await symlink('disk', `${directory}/jaco`);
    const found = await inspect(directory);
    assert.is(found.kind, 'directory');
    assert.is(found.existingRaftStore, 'raft/log.db');
  }));

test('cannot be below a file', () =>
  withTemporaryDirectory(async (directory) => {
    await writeFile(`${directory}/jaco.sock`, '');
    const inspection = createDataDirectoryInspector(files).inspect(
      `${directory}/jaco.sock/jaco`,
      socketAt('absent.sock'),
    );
    const refusal = await refusalOf(inspection);
    assert.is(refusal.code, 'storage_failed');
    assert.match(refusal.message, /^cannot restore into .*: a part of the path is not a directory\.$/);
  }));

test('holds no raft store while there are only empty directories', () =>
  withDataDirectory(async (directory) => {
    await mkdir(`${directory}/jaco/raft/snapshots/7-1000-1.tmp`, { recursive: true });
    assert.is((await inspect(directory)).existingRaftStore, undefined);
  }));

for (const [what, store, plant] of [
  ['a link below raft', 'raft/snapshots', (raft: string) => symlink('/nowhere', `${raft}/snapshots`)],
  ['log.db as a link to nothing', 'raft/log.db', (raft: string) => symlink('/nowhere', `${raft}/log.db`)],
  ['log.db as a directory', 'raft/log.db', (raft: string) => mkdir(`${raft}/log.db`)],
] as const) {
  test(`holds a raft store when there is ${what}`, () =>
    withDataDirectory(async (directory) => {
      await plant(`${directory}/jaco/raft`);
      assert.is((await inspect(directory)).existingRaftStore, store);
    }));
}

test('holds a raft store if raft is a link to anything', () =>
  withTemporaryDirectory(async (directory) => {
    await mkdir(`${directory}/jaco`);
    await symlink('/nowhere', `${directory}/jaco/raft`);
    assert.is((await inspect(directory)).existingRaftStore, 'raft');
  }));

test('has no daemon when the socket is one that a daemon left', () =>
  withDataDirectory(async (directory) => {
    // A killed daemon cannot remove its socket.
    const killed = await startListening(`${directory}/jaco.sock`);
    assert.is((await inspect(directory)).daemon.kind, 'running');
    await killed.kill();
    assert.equal((await inspect(directory)).daemon, { kind: 'none' });
  }));

test('has no daemon when a file is at the place of its socket', () =>
  withDataDirectory(async (directory) => {
    await writeFile(`${directory}/jaco.sock`, '');
    assert.equal((await inspect(directory)).daemon, { kind: 'none' });
  }));

test('has a daemon that got its socket from systemd, which holds it still', () =>
  withDataDirectory(async (directory) => {
    const program = await programCalledSystemd(directory);
    const listener = await startListening(`${directory}/jaco.sock`, { program, handsOn: true });
    const { daemon } = await inspect(directory);
    await listener.end();
    assert.is(daemon.kind, 'running');
    assert.match(daemon.kind === 'running' ? daemon.evidence : '', /^process [0-9]+ \(node\) listens on \S+jaco\.sock/);
  }));

test('has a daemon that serves it by another name', () =>
  withDataDirectory(async (directory) => {
    await writeFile(`${directory}/jaco/raft/log.db`, '');
    await symlink('jaco', `${directory}/link`);
    const listener = await startListening(`${directory}/jaco.sock`, { serving: `${directory}/link` });
    const { daemon } = await inspect(directory);
    await listener.end();
    assert.is(daemon.kind, 'running');
  }));

/** Runs `work` while another process holds the lock on log.db, and gives the inspections during and after. */
async function inspectWhileLocked(directory: string, fileSystem: FileSystem) {
  const logStore = `${directory}/jaco/raft/log.db`;
  await writeFile(logStore, '');
  const program = lockingProgram(logStore);
  if (program === undefined) return undefined;
  const holder = await startUntil('locked', ...program);
  const during = (await inspect(directory, fileSystem)).daemon;
  await holder.end();
  return { during, after: (await inspect(directory, fileSystem)).daemon };
}

for (const [where, fileSystem] of [
  ['', files],
  [' even on a file system that shows another device to stat, as btrfs does', shiftingDevices(files)],
] as const) {
  test(`has a daemon while a process holds the lock on log.db${where}`, () =>
    withDataDirectory(async (directory) => {
      const found = await inspectWhileLocked(directory, fileSystem);
      if (found === undefined) return skipTest('a lock on log.db (no flock or python3 here)');
      assert.equal(found.after, { kind: 'none' });
      assert.is(found.during.kind, 'running');
      const evidence = found.during.kind === 'running' ? found.during.evidence : '';
      assert.match(evidence, /^process [0-9]+ holds the lock on raft\/log\.db$/);
    }));
}

function shiftingDevices(real: FileSystem): FileSystem {
  return {
    ...real,
    async status(path) {
      const status = await real.status(path);
      return status && { ...status, device: status.device + 1n };
    },
  };
}

/** The inspection of `directory` by another user, who is not root. */
async function inspectAsSomebodyElse(directory: string): Promise<string> {
  const adapters = new URL('../../../src/adapters/filesystem/', import.meta.url).href;
  const child = spawnSync(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { createDataDirectoryInspector } from '${adapters}node-data-directory-inspector.js';
     import { createNodeFileSystem } from '${adapters}node-file-system.js';
     process.setgroups([]);
     process.setgid(${somebodyElse.gid});
     process.setuid(${somebodyElse.uid});
     const inspector = createDataDirectoryInspector(createNodeFileSystem());
     console.log(await inspector.inspect(${JSON.stringify(`${directory}/jaco`)}, { path: 'absent.sock', dataDirectory: undefined }).then(
       (found) => found.kind + ' ' + (found.writable ? 'writable' : 'not writable'),
       (error) => error.code,
     ));`,
  ]);
  return child.stdout.toString().trim();
}

test('is found not to be writable by a user who may only look', async () => {
  if (!isRoot) return skipTest('what another user may do (only root can become one)');
  await withDataDirectory(async (directory) => {
    await chmod(directory, 0o755);
    assert.is(await inspectAsSomebodyElse(directory), 'directory not writable');
    assert.is(await inspectAsSomebodyElse(`${directory}/absent`), 'missing not writable');
    await chmod(`${directory}/jaco`, 0o777);
    assert.is(await inspectAsSomebodyElse(directory), 'directory writable');
    await chmod(directory, 0o700);
    assert.is(await inspectAsSomebodyElse(directory), 'permission_denied');
  });
});

test.run();
