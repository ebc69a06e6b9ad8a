import { chownSync, existsSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeFileSystem } from '../../src/adapters/filesystem/node-file-system.js';
import { openRaftStore } from '../../src/adapters/raft/raft-store-reader.js';
import { startUntil } from '../adapters/filesystem/child-process.js';
import { lockingProgram } from '../adapters/filesystem/locking-program.js';
import { plantRaftStore } from '../adapters/raft/planted-store.js';
import { makeAuthority } from '../builders/authority.js';
import { applied, grownStore, youngStore } from '../builders/left-stores.js';
import { skipTest } from '../skipping.js';
import { jacoFails, jacoSucceeds, nowhere, runJaco } from './jaco-process.js';
import { startSandbox } from './running-sandbox.js';
import { scratchFor } from './scratch-directory.js';
import { isRoot, otherUser, skipWithoutRoot } from './unprivileged-jaco.js';

const test = suite('jaco recover');
const scratch = scratchFor(test);
const authority = makeAuthority();
const young = youngStore(authority);
const grown = grownStore(authority);

const recovering = (...flags: readonly string[]) => [
  'recover',
  ...['--from', scratch.path('left'), '--name', 'node-1', '--data-dir', scratch.path('data')],
  ...flags,
];

async function entriesOf(raft: string) {
  const store = await openRaftStore(createNodeFileSystem(), raft);
  const entries: { index: bigint; term: bigint; type: string }[] = [];
  for await (const stored of store.entries(0n)) {
    const { index, term, type } = store.readEntry(stored);
    entries.push({ index, term, type });
  }
  await store.close();
  return { entries, currentTerm: store.currentTerm };
}

for (const [title, planted, last] of [
  ['a young', young, 303n],
  ['a grown', grown, 1001n],
] as const) {
  test(`brings ${title} cluster back as one voter, with every entry that the disk held`, async () => {
    await plantRaftStore(scratch.path('left/raft'), planted);
    const left = readFileSync(scratch.path('left/raft/log.db'));
    await jacoSucceeds(recovering());
    assert.ok(readFileSync(scratch.path('left/raft/log.db')).equals(left));
    const { entries, currentTerm } = await entriesOf(scratch.path('data/raft'));
    assert.is(entries.length, planted.entries.length + 2);
    assert.equal(entries.slice(-2), [
      { index: last + 1n, term: 4n, type: 'configuration' },
      { index: last + 2n, term: 4n, type: 'command' },
    ]);
    assert.is(currentTerm, 4n);
    const sandbox = await startSandbox(scratch.path('data'), ['--socket', scratch.path('s')]);
    try {
      const status = JSON.parse(await jacoSucceeds(['cluster', 'status', '--socket', scratch.path('s'), '-o', 'json']));
      assert.is(status.leader, 'node-1');
      const audit = await jacoSucceeds(['audit', '--type', 'restore_completed', '--socket', scratch.path('s')]);
      assert.match(audit, new RegExp(`^\\S+\\s+#${last + 2n} .*snapshot_index=${last} [^\\n]*\\n$`));
    } finally {
      await sandbox.stop();
    }
  });
}

test('makes the node’s certificate with the CA from the log, and keeps the owner of the directory', async () => {
  if (!isRoot) return skipWithoutRoot('giving files away');
  await plantRaftStore(scratch.path('left/raft'), young);
  scratch.directory('data');
  chownSync(scratch.path('data'), otherUser, otherUser);
  await jacoSucceeds(recovering());
  for (const name of readdirSync(scratch.path('data'), { recursive: true, encoding: 'utf8' })) {
    const { uid, mode } = lstatSync(join(scratch.path('data'), name));
    assert.is(uid, otherUser, name);
    assert.is(mode & 0o077, name.endsWith('.crt') ? 0o044 : 0, name);
  }
  assert.ok(existsSync(scratch.path('data/node/node-1.key')));
});

test('prints what was recovered and the next step', async () => {
  await plantRaftStore(scratch.path('left/raft'), young);
  const { stdout } = await runJaco(recovering());
  assert.match(stdout, /^Recovered cluster c-1 up to index 303 \(term 3\) into \S+: 303 log entries\.$/m);
  assert.match(stdout, /had received counts now, also what no majority had seen\.\nThat directory was only read\.$/m);
  assert.match(stdout, /^ {2}sudo systemctl start jaco$/m);
});

test('takes the place of the store itself, and says where that is kept', async () => {
  await plantRaftStore(scratch.path('data/raft'), grown);
  const left = readFileSync(scratch.path('data/raft/log.db'));
  const inPlace = ['recover', '--from', scratch.path('data'), '--name', 'node-1', '--data-dir', scratch.path('data')];
  const plan = JSON.parse(await jacoSucceeds([...inPlace, '--dry-run', '-o', 'json']));
  assert.match(plan.kept_as, /\/data\/raft\.before-recovery-\d+$/);
  assert.equal(readdirSync(scratch.path('data')), ['raft']);
  const { stdout } = await runJaco(inPlace);
  const kept = /^What was in it is kept as (\S+): remove it once the cluster runs\.$/m.exec(stdout)?.[1] ?? '';
  assert.ok(readFileSync(join(kept, 'log.db')).equals(left));
  const { entries } = await entriesOf(scratch.path('data/raft'));
  assert.is(entries.at(-1)?.index, 1003n);
});

test('refuses a store with a gap unless the loss is accepted, and then says what is lost', async () => {
  const entries = [
    { term: 3n, command: applied('a') },
    { term: 3n, missing: true as const },
    { term: 3n, command: applied('b') },
  ];
  await plantRaftStore(scratch.path('left/raft'), { ...grown, entries });
  assert.match(
    await jacoFails(recovering()),
    /log entry 1002 is missing: log entries 1002 to 1003 are lost, among them 1 × audit event\. Take the disk .*--accept-loss/,
  );
  assert.is(existsSync(scratch.path('data')), false);
  const outcome = JSON.parse(await jacoSucceeds(recovering('--accept-loss', '-o', 'json')));
  assert.equal(
    [outcome.lost.from, outcome.lost.to, outcome.lost.commands],
    [1002, 1003, [{ kind: 'audit event', count: 1 }]],
  );
  assert.is((await entriesOf(scratch.path('data/raft'))).entries.length, 3);
});

test('tells which of several disks holds the most, and where they part', async () => {
  await plantRaftStore(scratch.path('one/raft'), young);
  await plantRaftStore(scratch.path('two/raft'), { ...young, entries: young.entries.slice(0, 100) });
  const text = await jacoSucceeds(['recover', '--compare', scratch.path('one'), scratch.path('two')]);
  assert.match(text, /^Cluster c-1, the store with the most first:\n {2}- \S+one\/raft: up to index 303, term 3\n/);
  assert.match(text, /two\/raft: up to index 100, term 3; the same entries up to 100\n\nRecover from \S+one\/raft\./);
  const json = await jacoSucceeds(['recover', '-o', 'json', '--compare', scratch.path('two'), scratch.path('one')]);
  assert.is(JSON.parse(json).best, scratch.path('one/raft'));
  assert.match(await jacoFails(['recover', '--compare', scratch.path('one')]), /--compare takes two data directories/);
});

test('speaks of a recovery where it refuses the target', async () => {
  await plantRaftStore(scratch.path('left/raft'), young);
  await plantRaftStore(scratch.path('data/raft'), grown);
  assert.match(await jacoFails(recovering()), /^Error: cannot recover into \S+data: raft\/log\.db already exists\./);
});

test('plans without writing anything, in words and for a program', async () => {
  await plantRaftStore(scratch.path('left/raft'), grown);
  const text = await jacoSucceeds(recovering('--dry-run'));
  assert.match(text, /^ {2}Snapshot: {5}index 1000, term 2$/m);
  assert.match(text, /^ {2}Behind it: {4}1 entry, up to index 1001, term 3$/m);
  assert.match(text, /^ {2}Commands: {5}1 × audit event$/m);
  assert.match(text, /^ {2}Would not copy node\/ and wg\/: .* a new WireGuard key$/m);
  assert.match(text, /^ {2}Members: {6}node-1 @ 10\.0\.0\.1:7001 \(voter\), node-2/m);
  const plan = JSON.parse(await jacoSucceeds(recovering('--dry-run', '-o', 'json')));
  assert.is(plan.possible, true);
  assert.is(plan.last_index, 1001);
  assert.equal(plan.commands_behind_snapshot, [{ kind: 'audit event', count: 1 }]);
  assert.is(existsSync(scratch.path('data')), false);
});

test('tells a program what was recovered', async () => {
  await plantRaftStore(scratch.path('left/raft'), young);
  const outcome = JSON.parse(await jacoSucceeds(recovering('-o', 'json')));
  assert.is(outcome.recovered, true);
  assert.is(outcome.snapshot, null);
  assert.is(outcome.configuration_index, 304);
  assert.equal(outcome.identity_files, ['node/ca.crt', 'node/node-1.crt', 'node/node-1.key']);
});

test('refuses a path without a store, a store in use, a sealed one, and a directory that has a store', async () => {
  assert.match(await jacoFails(recovering()), /left does not exist\. Name the data directory/);
  writeFileSync(scratch.path('left'), '');
  assert.match(await jacoFails(recovering()), /left is not a directory\. Name the data directory/);
  rmSync(scratch.path('left'));
  scratch.directory('left');
  assert.match(
    await jacoFails(recovering()),
    /holds no raft store: neither raft\/log\.db nor log\.db is in it\. Name the/,
  );
  await plantRaftStore(scratch.path('left/raft'), { ...young, sealed: true });
  assert.match(
    await jacoFails(recovering()),
    /is sealed: its state is encrypted with an external key file, and no keyring is at hand\..*--key-file/s,
  );
  await plantRaftStore(scratch.path('left/raft'), young);
  await plantRaftStore(scratch.path('data/raft'), young);
  assert.match(await jacoFails(recovering()), /raft\/log\.db already exists/);
});

test('refuses a store that a daemon has open, and leaves nothing', async () => {
  await plantRaftStore(scratch.path('left/raft'), young);
  const program = lockingProgram(scratch.path('left/raft/log.db'));
  if (program === undefined) return skipTest('a lock on log.db (no flock or python3 here)');
  const holder = await startUntil('locked', ...program);
  try {
    assert.match(
      await jacoFails(recovering()),
      /^Error: cannot read \S+log\.db: process \d+ holds its lock\. Stop it first/,
    );
  } finally {
    await holder.end();
  }
  assert.is(existsSync(scratch.path('data')), false);
});

test('requires the store and the name', async () => {
  assert.match(await jacoFails(['recover', '--name', 'a', '--socket', nowhere]), /^Error: --from <dir> is required\./);
  assert.match(
    await jacoFails(['recover', '--from', 'a', '--socket', nowhere]),
    /^Error: --name <hostname> is required\./,
  );
});

test.run();
