import { writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cluster, writeArchive } from './archive-file.js';
import { jacoFails, runJaco } from './jaco-process.js';
import { type RunningSandbox, startSandbox } from './running-sandbox.js';
import { scratchFor, sharedScratchFor } from './scratch-directory.js';

const test = suite('file systems that do not do all that is asked');
const shared = sharedScratchFor(test);
const scratch = scratchFor(test);
let sandbox: RunningSandbox;

test.before(async () => {
  sandbox = await startSandbox(shared.path('node'));
});
test.after(async () => void (await sandbox.stop()));

/** Has every sync of a directory fail, as file systems of shared folders do; those of files work. */
function refusing(code: string): Readonly<Record<string, string>> {
  const preload = scratch.path(`${code}.cjs`);
  writeFileSync(
    preload,
    `require('node:fs').promises.open('/dev/null').then((handle) => {
      const kind = Object.getPrototypeOf(handle);
      const { sync } = kind;
      kind.sync = async function () {
        if (!(await this.stat()).isDirectory()) return sync.call(this);
        throw Object.assign(new Error('${code}: fsync'), { code: '${code}' });
      };
      return handle.close();
    });`,
  );
  return { NODE_OPTIONS: `--require ${preload}` };
}

const warning = (path: string) =>
  `Warning: the file system of ${path} does not sync directories: what was written is in its place, but a power cut soon after could take it away\n`;

const backup = () => ['backup', '--socket', sandbox.socket, '--output', scratch.path('out', 'a.tar.gz')];

async function restore(): Promise<string[]> {
  const archive = await writeArchive(scratch.path('in.tar.gz'), [cluster()]);
  const place = ['--data-dir', scratch.directory('data'), '--advertise-addr', '10.0.0.1:7001'];
  return ['restore', '--input', archive, '--name', 'node-1', '--no-identity', ...place];
}

for (const code of ['EINVAL', 'ENOTSUP', 'ENOSYS']) {
  test(`are a warning of a backup, for directories that are not synced, when the file system says ${code}`, async () => {
    scratch.directory('out');
    const end = await runJaco(backup(), { environment: refusing(code) });
    assert.is(end.code, 0, end.stderr);
    assert.is(end.stderr, warning(scratch.path('out')));
    assert.equal(scratch.names('out'), ['a.tar.gz']);
  });

  test(`are a warning of a restore, for directories that are not synced, when the file system says ${code}`, async () => {
    const end = await runJaco(await restore(), { environment: refusing(code) });
    assert.is(end.code, 0, end.stderr);
    assert.ok(end.stderr.includes(warning(scratch.path('data'))), end.stderr);
    assert.equal(scratch.names('data'), ['raft', 'restore.txt']);
  });
}

test('are a failure when a sync fails', async () => {
  scratch.directory('out');
  const environment = refusing('EIO');
  assert.match(await jacoFails(backup(), { environment }), 'the device reported an input/output error');
  assert.equal(scratch.names('out'), []);
  assert.match(await jacoFails(await restore(), { environment }), 'the device reported an input/output error');
});

/** Shows every file and directory as open to all, as ntfs-3g and cifs do by their mount options. */
function showingAll(): Readonly<Record<string, string>> {
  const preload = scratch.path('showing-all.cjs');
  writeFileSync(
    preload,
    `const files = require('node:fs').promises;
    const opened = (status) => {
      status.mode = typeof status.mode === 'bigint' ? status.mode | 0o777n : status.mode | 0o777;
      return status;
    };
    const { lstat } = files;
    files.lstat = async (...words) => opened(await lstat(...words));
    files.open('/dev/null').then((handle) => {
      const kind = Object.getPrototypeOf(handle);
      const { stat } = kind;
      kind.stat = async function (...words) { return opened(await stat.apply(this, words)); };
      return handle.close();
    });`,
  );
  return { NODE_OPTIONS: `--require ${preload}` };
}

test('are a warning of a backup and of a restore when they keep no permissions', async () => {
  scratch.directory('out');
  const environment = showingAll();
  for (const [words, place] of [
    [backup(), 'out'],
    [await restore(), 'data'],
  ] as const) {
    const end = await runJaco(words, { environment });
    assert.is(end.code, 0, end.stderr);
    const sentence = `Warning: the file system of ${scratch.path(place)} keeps no permissions: other users of this host can read what was written, and it holds secrets`;
    assert.ok(end.stderr.includes(sentence), end.stderr);
  }
});

test.run();
