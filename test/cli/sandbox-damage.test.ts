import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeLogEntry } from '../../src/adapters/raft/log-entry.js';
import { encodeLogStore } from '../../src/adapters/raft/log-store.js';
import { snapshotOf } from '../builders/snapshot-bytes.js';
import { metadataWith } from '../builders/snapshot-metadata.js';
import { tarGzipArchive } from '../builders/tar-gzip-archive.js';
import { jacoFails, jacoSucceeds } from './jaco-process.js';
import { startSandbox } from './running-sandbox.js';
import { scratchFor, sharedScratchFor } from './scratch-directory.js';

const test = suite('jaco sandbox on a damaged store');
const shared = sharedScratchFor(test);
const scratch = scratchFor(test);

/** The starting point of all tests: a restored directory, and one with two later snapshots. */
test.before(async () => {
  const metadata = metadataWith();
  writeFileSync(shared.path('a.tar.gz'), await tarGzipArchive(metadata, snapshotOf(metadata.clusterId, 50_000)));
  const parameters = ['--input', shared.path('a.tar.gz'), '--name', 'node-1', '--data-dir', shared.path('restored')];
  await jacoSucceeds(['restore', ...parameters]);
  const sandbox = await startSandbox(shared.path('used'), ['--name', 'node-1']);
  for (const name of ['1', '2']) {
    await jacoSucceeds(['backup', '--socket', sandbox.socket, '--output', shared.path(name)]);
  }
  await sandbox.stop();
});

/** A copy to damage. */
function copyOf(name: 'restored' | 'used'): string {
  const data = scratch.path('data');
  cpSync(shared.path(name), data, { recursive: true });
  return data;
}

/** The directories of its snapshots, newest first. */
function snapshots(data: string): string[] {
  const directory = join(data, 'raft/snapshots');
  const index = (name: string) => Number(name.split('-')[1]);
  return readdirSync(directory)
    .sort((a, b) => index(b) - index(a))
    .map((name) => join(directory, name));
}

function flipByte(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
  writeFileSync(path, bytes);
}

/** Refuses to boot the damaged directory, and leaves each file as it is. */
async function refused(data: string): Promise<string> {
  const files = () =>
    readdirSync(data, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'base64')])
      .sort();
  const before = files();
  const sentence = await jacoFails(['sandbox', '--data-dir', data]);
  assert.equal(files(), before);
  return sentence;
}

const logOf = (data: string) => join(data, 'raft/log.db');
const stateOf = (data: string) => join(snapshots(data)[0] as string, 'state.bin');

for (const [what, damage, reason] of [
  [
    'a flipped bit in its only snapshot',
    (data: string) => flipByte(stateOf(data), 1_000),
    /state\.bin .*: it does not have the checksum that its meta\.json says/,
  ],
  [
    'its only snapshot cut short',
    (data: string) => truncateSync(stateOf(data), 1_000),
    /state\.bin .*: it has 1000 bytes, its meta\.json says \d+/,
  ],
  ['its only snapshot without state.bin', (data: string) => rmSync(stateOf(data)), /state\.bin/],
  ['an empty log.db', (data: string) => truncateSync(logOf(data), 0), /log\.db is damaged: /],
  ['log.db cut short', (data: string) => truncateSync(logOf(data), 5_000), /log\.db is damaged: /],
  [
    'both meta pages of log.db overwritten',
    (data: string) => writeFileSync(logOf(data), Buffer.alloc(16_384, 0xaa)),
    /log\.db is damaged: /,
  ],
  [
    'the pages behind the meta pages overwritten',
    (data: string) => overwrite(logOf(data), 8_192),
    /log\.db is damaged: /,
  ],
  ['no log.db', (data: string) => rmSync(logOf(data)), /raft is damaged: log\.db is missing/],
  [
    'a directory in place of log.db',
    (data: string) => {
      rmSync(logOf(data));
      cpSync(join(data, 'raft/snapshots'), logOf(data), { recursive: true });
    },
    /log\.db/,
  ],
  [
    'a CurrentTerm below the snapshot’s',
    (data: string) => writeFileSync(logOf(data), encodeLogStore({ currentTerm: 6n })),
    /its CurrentTerm is 6, below the term 7 of the newest snapshot: every later snapshot would sort as older/,
  ],
  [
    'no CurrentTerm',
    (data: string) => writeFileSync(logOf(data), encodeLogStore({ currentTerm: 0n })),
    /its CurrentTerm is 0, below the term 7/,
  ],
  [
    'a gap in the log',
    (data: string) =>
      writeFileSync(
        logOf(data),
        encodeLogStore({ currentTerm: 7n, entries: [{ index: 1002n, bytes: Buffer.alloc(8) }] }),
      ),
    /log entry 1001 is missing/,
  ],
  [
    'a log entry that is none',
    (data: string) =>
      writeFileSync(
        logOf(data),
        encodeLogStore({ currentTerm: 7n, entries: [{ index: 1001n, bytes: Buffer.from('?') }] }),
      ),
    /log\.db is damaged: .*entry/,
  ],
] as const) {
  test(`refuses ${what}`, async () => {
    const data = copyOf('restored');
    damage(data);
    const sentence = await refused(data);
    assert.ok(reason.test(sentence), `${reason} does not describe: ${sentence}`);
    assert.match(sentence, /^Error: .*\. [A-Z][^.]+.*\.$/);
  });
}

function overwrite(path: string, from: number): void {
  const bytes = readFileSync(path);
  bytes.fill(0xaa, from);
  writeFileSync(path, bytes);
}

test('reads on from the other meta page of log.db where one is damaged', async () => {
  const data = copyOf('restored');
  const image = readFileSync(logOf(data));
  for (const page of [0, 1]) {
    const damaged = Buffer.from(image);
    damaged.fill(0xaa, page * 4_096, page * 4_096 + 100);
    writeFileSync(logOf(data), damaged);
    const attempt = scratch.path(`page-${page}`);
    cpSync(data, attempt, { recursive: true });
    await (await startSandbox(attempt)).stop();
  }
});

/** Adds a newer snapshot that cannot be used, and the log entry of its index. */
function addDamagedSnapshot(data: string, damage: (directory: string) => void): void {
  const directory = join(data, 'raft/snapshots/7-1001-1795539891344');
  cpSync(snapshots(data)[0] as string, directory, { recursive: true });
  const meta = readFileSync(join(directory, 'meta.json'), 'utf8');
  writeFileSync(
    join(directory, 'meta.json'),
    meta.replace(/"ID":"[^"]*"/, '"ID":"7-1001-1795539891344"').replace('"Index":1000', '"Index":1001'),
  );
  damage(directory);
  const noop = { index: 1001n, term: 7n, type: 'noop' as const, data: Buffer.alloc(0), extensions: Buffer.alloc(0) };
  const bytes = encodeLogEntry({ ...noop, appendedAtNanoseconds: undefined });
  writeFileSync(logOf(data), encodeLogStore({ currentTerm: 7n, entries: [{ index: 1001n, bytes }] }));
}

for (const [what, damage, reason] of [
  ['is damaged', (at: string) => flipByte(join(at, 'state.bin'), 100), 'it does not have the checksum'],
  ['has no state.bin', (at: string) => rmSync(join(at, 'state.bin')), 'state.bin is damaged: it is missing'],
] as const) {
  test(`falls back to an older snapshot where the newest ${what}, and warns`, async () => {
    const data = copyOf('restored');
    addDamagedSnapshot(data, damage);
    const sandbox = await startSandbox(data);
    const status = await jacoSucceeds(['cluster', 'status', '--socket', sandbox.socket]);
    const { stderr } = await sandbox.stop();
    // 1000 of the snapshot, 1001 of the log, then the election, RESTORE_COMPLETED and the node's own record.
    assert.match(status, /^Raft index: 1004$/m);
    assert.match(
      stderr,
      /^Warning: .*7-1001-1795539891344\/state\.bin.* Booted from an older snapshot instead, of index 1000\.$/m,
    );
    assert.ok(stderr.includes(reason), stderr);
  });
}

test('names the damaged snapshot where the log cannot make up for it', async () => {
  const data = copyOf('used');
  flipByte(stateOf(data), 100);
  assert.match(
    await refused(data),
    /^Error: \S+\/state\.bin is damaged: it does not have the checksum .* An older snapshot cannot take its place, as log entry \d+ is missing\. Check the disk/,
  );
});

test('refuses when every snapshot is damaged, and names the newest', async () => {
  const data = copyOf('used');
  for (const snapshot of snapshots(data)) flipByte(join(snapshot, 'state.bin'), 100);
  const sentence = await refused(data);
  assert.ok(sentence.includes((snapshots(data)[0] as string).split('/').at(-1) as string), sentence);
  assert.match(sentence, /it does not have the checksum that its meta\.json says/);
});

test('refuses a directory whose snapshots are all gone', async () => {
  const data = copyOf('used');
  for (const snapshot of snapshots(data)) rmSync(snapshot, { recursive: true });
  assert.match(await refused(data), /^Error: .*(is missing|names no voter|names no cluster)/);
});

test.run();
