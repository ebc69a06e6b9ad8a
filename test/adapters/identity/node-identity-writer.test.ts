import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createCertificateAuthority } from '../../../src/adapters/identity/certificate-authority.js';
import { createNodeIdentityWriter } from '../../../src/adapters/identity/node-identity-writer.js';
import { codeOf } from '../../builders/outcome.js';
import { withTemporaryDirectory } from '../filesystem/temporary-directory.js';
import { type Step, watchedFileSystem } from '../filesystem/watched-file-system.js';

const test = suite('node identities as files');
const nowMs = Date.now();
const authority = await createCertificateAuthority('the cluster', nowMs);
const otherAuthority = await createCertificateAuthority('another cluster', nowMs);
const nothing = () => undefined;

/** A writer on a real directory, and what it does there; what `judge` throws, the step throws. */
function identityOn(dataDirectory: string, judge: (step: Step, number: number) => void = nothing) {
  const { fileSystem, steps } = watchedFileSystem(dataDirectory, judge);
  const writer = createNodeIdentityWriter(fileSystem, { nowMs: () => nowMs });
  const stage = (name = 'node-1', signer = authority) =>
    writer.stage({ dataDirectory, name, wanted: { hosts: [name], authority: signer }, owner: undefined });
  return { stage, steps };
}

const modeOf = async (path: string) => ((await stat(path)).mode & 0o7777).toString(8);

/** Under another umask, which says what a new file must not have. */
async function underUmask<Result>(umask: number, work: () => Promise<Result>): Promise<Result> {
  const before = process.umask(umask);
  try {
    return await work();
  } finally {
    process.umask(before);
  }
}

for (const umask of [0, 0o077, 0o777]) {
  test(`has the right modes under umask ${umask.toString(8)}`, () =>
    withTemporaryDirectory(async (path) => {
      await underUmask(umask, async () => (await identityOn(path).stage()).install());
      const entries = ['node', 'node/ca.crt', 'node/node-1.crt', 'node/node-1.key'];
      const modes = await Promise.all(entries.map((entry) => modeOf(join(path, entry))));
      assert.equal(modes, ['700', '644', '644', '600']);
    }));
}

test('creates the key readable by its owner alone, and records nothing of it', () =>
  withTemporaryDirectory(async (path) => {
    const { stage, steps } = identityOn(path);
    const staged = await stage();
    const record = await readFile(join(path, 'node.restoring'), 'utf8');
    await staged.install();
    const key = await readFile(join(path, 'node/node-1.key'), 'utf8');
    const created = steps.filter(
      ({ action, path: on }) => action.startsWith('create') && /key|node\.restoring/.test(on),
    );
    assert.equal(
      created.map(({ action }) => action),
      ['create 600', 'create 600'],
    );
    for (const line of key.split('\n').filter((text) => text !== '')) assert.not.ok(record.includes(line));
  }));

test('writes each file under another name, syncs it and renames it, and the directory last', () =>
  withTemporaryDirectory(async (path) => {
    const { stage, steps } = identityOn(path);
    const staged = await stage();
    steps.length = 0;
    await staged.install();
    const file = (name: string, mode: number) => [
      `create ${mode} node/${name}.restoring`,
      `write node/${name}.restoring`,
      `sync node/${name}.restoring`,
      `rename node/${name}`,
    ];
    assert.equal(
      steps.map(({ action, path: on }) => `${action} ${on}`),
      [
        ...['mkdir 700 node', 'fsync .'],
        ...[...file('ca.crt', 644), ...file('node-1.crt', 644), ...file('node-1.key', 600)],
        'fsync node',
      ],
    );
  }));

test('makes a whole identity after a restore that was killed at any step, with nothing left of that', () =>
  withTemporaryDirectory(async (root) => {
    const whole = identityOn(join(root));
    await (await whole.stage()).install();
    for (let killedAt = 0; killedAt < whole.steps.length; killedAt += 1) {
      const path = join(root, `killed-at-${killedAt}`);
      await mkdir(path);
      const killed = identityOn(path, (_, number) => {
        if (number >= killedAt) throw new Error('killed');
      });
      await killed
        .stage('first', otherAuthority)
        .then((staged) => staged.install(), nothing)
        .catch(nothing);

      const staged = await identityOn(path).stage();
      await staged.install();
      await staged.finish();

      assert.equal(staged.warnings, [], `killed at step ${killedAt}`);
      assert.equal((await readdir(path, { recursive: true })).sort(byName), [
        'node',
        'node/ca.crt',
        'node/node-1.crt',
        'node/node-1.key',
      ]);
      assert.is(await readFile(join(path, 'node/ca.crt'), 'utf8'), authority.certificate);
    }
  }));

test('leaves nothing where staging fails', () =>
  withTemporaryDirectory(async (path) => {
    const full = (step: Step) => {
      if (step.action === 'write') throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    };
    assert.is(await codeOf(identityOn(path, full).stage()), 'storage_failed');
    assert.equal(await readdir(path), []);
  }));

test('follows a link in place of a CA certificate', () =>
  withTemporaryDirectory(async (path) => {
    await mkdir(join(path, 'node'));
    await writeFile(join(path, 'elsewhere.crt'), `\n${authority.certificate}\n`);
    await symlink('../elsewhere.crt', join(path, 'node/ca.crt'));
    const staged = await identityOn(path).stage();
    await staged.install();
    assert.equal(staged.files, ['node/node-1.crt', 'node/node-1.key']);
    assert.equal(staged.warnings, []);
  }));

for (const [what, leadsTo] of Object.entries({ nothing: 'nowhere.crt', 'a directory': '.' })) {
  test(`keeps a CA certificate that is a link to ${what}, and warns`, () =>
    withTemporaryDirectory(async (path) => {
      await mkdir(join(path, 'node'));
      await symlink(leadsTo, join(path, 'node/ca.crt'));
      const staged = await identityOn(path).stage();
      await staged.install();
      assert.equal(staged.files, ['node/node-1.crt', 'node/node-1.key']);
      assert.match(staged.warnings[0] as string, 'ca.crt was kept and is not the CA certificate');
    }));
}

test('does not take a file for its own that only has the name of one that a killed restore installed', () =>
  withTemporaryDirectory(async (path) => {
    await (await identityOn(path).stage()).install();
    const large = 'x'.repeat(100_000);
    await writeFile(join(path, 'node/node-1.crt'), large);
    const { warnings } = await identityOn(path).stage();
    assert.is(await readFile(join(path, 'node/node-1.crt'), 'utf8'), large);
    assert.match(warnings[0] as string, 'node-1.crt is a certificate without its key node-1.key: it was kept');
  }));

test('tolerates a malformed record', () =>
  withTemporaryDirectory(async (path) => {
    await mkdir(join(path, 'node.restoring/deep'), { recursive: true });
    const staged = await identityOn(path).stage();
    await staged.install();
    await staged.finish();
    assert.equal((await readdir(path)).sort(byName), ['node']);
  }));

function byName(a: string, b: string): number {
  return a < b ? -1 : 1;
}

test.run();
