import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FileSystem } from '../../../src/adapters/filesystem/file-system.js';
import { createNodeFileSystem } from '../../../src/adapters/filesystem/node-file-system.js';
import { listSnapshots, openSnapshot } from '../../../src/adapters/raft/snapshot-directory.js';
import { writeSnapshot } from '../../../src/adapters/raft/snapshot-writer.js';
import { isJacoError } from '../../../src/domain/errors.js';
import { withTemporaryDirectory } from '../filesystem/temporary-directory.js';

const files = createNodeFileSystem();

async function* streamOf(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
  yield* chunks;
}

const write = (raft: string, id: string, term: bigint, index: bigint, ...chunks: readonly Uint8Array[]) =>
  writeSnapshot(
    files,
    raft,
    {
      id,
      index,
      term,
      servers: [{ suffrage: 'voter', id: 'recovered', address: '10.0.0.7:7001' }],
      configurationIndex: 1n,
    },
    streamOf(...chunks),
    undefined,
  );

const idsIn = async (raft: string) => (await listSnapshots(files, raft)).map(({ id }) => id);

async function read(raft: string, id: string, verified = false): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await openSnapshot(files, raft, id, { verified })).content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const outcomeOf = (pending: Promise<unknown>) => pending.catch((error: unknown) => error);

test('writes what the engine would have written', () =>
  withTemporaryDirectory(async (raft) => {
    const written = await write(raft, '7-1000-1795539891344', 7n, 1000n, Buffer.from('12345'), Buffer.from('6789'));
    const directory = `${raft}/snapshots/7-1000-1795539891344`;
    assert.equal(
      (await readdir(directory)).sort((a, b) => a.localeCompare(b)),
      ['meta.json', 'state.bin'],
    );
    assert.is(await readFile(`${directory}/state.bin`, 'utf8'), '123456789');
    assert.is(
      await readFile(`${directory}/meta.json`, 'utf8'),
      '{"Version":1,"ID":"7-1000-1795539891344","Index":1000,"Term":7,"Peers":"ka0xMC4wLjAuNzo3MDAx","Configuration":{"Servers":[{"Suffrage":0,"ID":"recovered","Address":"10.0.0.7:7001"}]},"ConfigurationIndex":1,"Size":9,"CRC":"mV3Ju98ZOfo="}\n',
    );
    assert.is(written.sizeBytes, 9);
    assert.is(Buffer.from(written.crc).toString('hex'), '995dc9bbdf1939fa');
  }));

test('gives directories mode 0700 and files mode 0600', () =>
  withTemporaryDirectory(async (raft) => {
    await write(raft, '1-1-1', 1n, 1n);
    const modeOf = async (path: string) => (await stat(`${raft}/${path}`)).mode & 0o7777;
    for (const path of ['snapshots', 'snapshots/1-1-1']) assert.is(await modeOf(path), 0o700);
    for (const name of ['state.bin', 'meta.json']) assert.is(await modeOf(`snapshots/1-1-1/${name}`), 0o600);
  }));

test('reads back chunks of any size', () =>
  withTemporaryDirectory(async (raft) => {
    const sizes = [0, 1, 16_384, 300_000, 262_144, 7, 1_000_000];
    const chunks = sizes.map((size, position) => Buffer.alloc(size, position + 1));
    const { sizeBytes } = await write(raft, '1-1-1', 1n, 1n, ...chunks);
    assert.is(sizeBytes, Buffer.concat(chunks).length);
    assert.is(Buffer.compare(await read(raft, '1-1-1'), Buffer.concat(chunks)), 0);
  }));

test('leaves nothing of a snapshot whose stream breaks, and throws what the stream threw', () =>
  withTemporaryDirectory(async (raft) => {
    const failure = new Error('broken');
    async function* breaking(): AsyncGenerator<Uint8Array, void, undefined> {
      yield Buffer.alloc(600_000);
      throw failure;
    }
    const description = { id: '1-1-1', index: 1n, term: 1n, servers: [], configurationIndex: 1n };
    assert.is(await outcomeOf(writeSnapshot(files, raft, description, breaking(), undefined)), failure);
    assert.equal(await readdir(`${raft}/snapshots`), []);
  }));

test('reports a failing write with the path, and leaves nothing', () =>
  withTemporaryDirectory(async (raft) => {
    const full: FileSystem = {
      ...files,
      async createFile(path, mode) {
        const file = await files.createFile(path, mode);
        return { ...file, write: () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })) };
      },
    };
    const description = { id: '1-1-1', index: 1n, term: 1n, servers: [], configurationIndex: 1n };
    const chunks = Array.from({ length: 5 }, () => Buffer.alloc(300_000));
    const error = await outcomeOf(writeSnapshot(full, raft, description, streamOf(...chunks), undefined));
    assert.ok(isJacoError(error, 'storage_failed'));
    assert.match(error.message, /cannot write .*state\.bin: no space left on the device/);
    assert.equal(await readdir(`${raft}/snapshots`), []);
  }));

test('lists by term, then index, then id, newest first and beyond 2^53', () =>
  withTemporaryDirectory(async (raft) => {
    await write(raft, '2-9-1', 2n, 9n);
    await write(raft, '10-3-5', 10n, 3n);
    await write(raft, '10-3-10', 10n, 3n);
    await write(raft, '10-20-1', 10n, 20n);
    await write(raft, '10-18446744073709551615-1', 10n, 18446744073709551615n);
    await write(raft, '10-18446744073709551614-1', 10n, 18446744073709551614n);
    assert.equal(await idsIn(raft), [
      '10-18446744073709551615-1',
      '10-18446744073709551614-1',
      '10-20-1',
      '10-3-5',
      '10-3-10',
      '2-9-1',
    ]);
  }));

test('skips what the engine skips', () =>
  withTemporaryDirectory(async (raft) => {
    await write(raft, '1-1-1', 1n, 1n);
    const snapshots = `${raft}/snapshots`;
    const meta = await readFile(`${snapshots}/1-1-1/meta.json`, 'utf8');
    const plant = async (name: string, text?: string) => {
      await mkdir(`${snapshots}/${name}`);
      if (text !== undefined) await writeFile(`${snapshots}/${name}/meta.json`, text);
    };
    await plant('9-9-1.tmp', meta.replace('1-1-1', '9-9-1.tmp'));
    await plant('9-9-2');
    await plant('9-9-3', meta.slice(0, 40));
    await plant('9-9-4', meta.replace('"Version":1', '"Version":2').replace('1-1-1', '9-9-4'));
    await plant('9-9-5', meta);
    await plant('9-9-6', ' '.repeat(300_000));
    await writeFile(`${snapshots}/file`, meta);
    await symlink(`${snapshots}/1-1-1`, `${snapshots}/link`);
    assert.equal(await idsIn(raft), ['1-1-1']);
  }));

test('lists nothing where there are no snapshots yet', () =>
  withTemporaryDirectory(async (raft) => assert.equal(await idsIn(raft), [])));

test('does not take a meta.json that it may not read for an absent one', () =>
  withTemporaryDirectory(async (raft) => {
    await write(raft, '1-1-1', 1n, 1n);
    const forbidden: FileSystem = {
      ...files,
      openFile: () => Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' })),
    };
    assert.ok(isJacoError(await outcomeOf(listSnapshots(forbidden, raft)), 'permission_denied'));
  }));

test('looks only at the size of a state.bin that was verified before', () =>
  withTemporaryDirectory(async (raft) => {
    await write(raft, '1-1-1', 1n, 1n, Buffer.from('abc'));
    await writeFile(`${raft}/snapshots/1-1-1/state.bin`, 'abd');
    assert.is((await read(raft, '1-1-1', true)).toString(), 'abd');
    await writeFile(`${raft}/snapshots/1-1-1/state.bin`, 'ab');
    assert.ok(isJacoError(await outcomeOf(read(raft, '1-1-1', true)), 'store_damaged'));
  }));

for (const [what, change, reason] of [
  [
    'a changed byte',
    (bytes: Buffer) => Buffer.concat([bytes.subarray(1), Buffer.from('x')]),
    /does not have the checksum/,
  ],
  ['a byte too few', (bytes: Buffer) => bytes.subarray(1), /has 599999 bytes, its meta\.json says 600000/],
  ['a byte too many', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('x')]), /has more than the 600000 bytes/],
] as const) {
  test(`ends with store_damaged when state.bin has ${what}`, () =>
    withTemporaryDirectory(async (raft) => {
      const bytes = Buffer.alloc(600_000, 'abc');
      await write(raft, '1-1-1', 1n, 1n, bytes);
      await writeFile(`${raft}/snapshots/1-1-1/state.bin`, change(bytes));
      const error = await outcomeOf(read(raft, '1-1-1'));
      assert.ok(isJacoError(error, 'store_damaged'));
      assert.match(error.message, reason);
    }));
}

test('closes the file when the reader stops half-way', () =>
  withTemporaryDirectory(async (raft) => {
    await write(raft, '1-1-1', 1n, 1n, Buffer.alloc(2_000_000));
    let open = 0;
    const counting: FileSystem = {
      ...files,
      async openFile(path) {
        open += 1;
        const file = await files.openFile(path);
        return {
          ...file,
          close: () => {
            open -= 1;
            return file.close();
          },
        };
      },
    };
    for await (const _ of (await openSnapshot(counting, raft, '1-1-1')).content) break;
    assert.is(open, 0);
  }));

test.run();
