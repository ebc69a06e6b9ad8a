import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type Engine, engineSuite } from './engine.js';
import {
  type EncodeInput,
  type EncodeOutput,
  type EntryInput,
  entryOf,
  ourChecksum,
  ourLogEntry,
  ourMetaJson,
  ourReadingOf,
  type SnapshotInput,
} from './engine-encodings.js';
import { protoDirectory } from './engine-program.js';
import { restoreAs } from './jaco-program.js';

const seed: SnapshotInput = {
  index: '1000',
  term: '7',
  configurationIndex: '1',
  servers: [{ id: 'recovered', address: '10.0.0.7:7001', suffrage: 'Voter' }],
  state: 'AQID',
};

const command: EntryInput = {
  index: '1',
  term: '1',
  type: 0,
  data: null,
  extensions: null,
  appendedAt: '1700000000123456789',
  zoneSeconds: 0,
};

/** Voters as a restore may have to write them, in terms and at indexes of every width. */
const voters = [
  { id: 'recovered', address: '10.0.0.7:7001', index: 1000n, term: 7n },
  { id: 'node-1.cluster.example', address: 'node-1.cluster.example:7001', index: 2n ** 53n + 1n, term: 1n },
  { id: 'v6', address: '[2001:db8::7]:7001', index: 2n ** 63n, term: 2n ** 63n - 1n },
] as const;

type VoterOfRestore = (typeof voters)[number];

await engineSuite("encodings held against the running engine's", (test, engine) => {
  function encode(input: Partial<EncodeInput>): EncodeOutput {
    const whole = { checksums: [], snapshots: [], logEntries: [], ...input };
    return JSON.parse(engine.tool(['encode'], JSON.stringify(whole))) as EncodeOutput;
  }

  test('CRC-64 of random bytes of many lengths is the same', async () => {
    const checksums = Array.from({ length: 200 }, (_, length) => randomBytes(length * 7).toString('base64'));
    assert.equal(await Promise.all(checksums.map(ourChecksum)), encode({ checksums }).checksums);
  });

  test('meta.json is the same for every length of address, to the byte', async () => {
    const hosts = Array.from({ length: 253 }, (_, length) => 'n'.repeat(length + 1));
    const snapshots = hosts.map((host) => ({
      ...seed,
      servers: [{ id: host, address: `${host}:7001`, suffrage: 'Voter' as const }],
    }));
    await checkMetaJson(snapshots);
  });

  test('meta.json is the same for numbers at every power of two, to the byte', async () => {
    const numbers = Array.from({ length: 64 }, (_, bit) => String(2n ** BigInt(bit)));
    await checkMetaJson(
      [...numbers, String(2n ** 64n - 1n)].map((number) => ({
        ...seed,
        index: number,
        term: number,
        configurationIndex: number,
      })),
    );
  });

  test('meta.json is the same for many servers of both kinds, to the byte', async () => {
    const sizes = [1, 2, 15, 16, 17, 40];
    const servers = Array.from({ length: 40 }, (_, number) => ({
      id: `node-${number}`,
      address: `10.0.0.${number}:7001`,
      suffrage: number % 5 === 4 ? ('Nonvoter' as const) : ('Voter' as const),
    }));
    await checkMetaJson(sizes.map((size) => ({ ...seed, servers: servers.slice(0, size) })));
  });

  test('log entries of every length and number are the same, to the byte', () => {
    const lengths = [1, 31, 32, 255, 256, 4096, 65_535, 65_536, 1_000_000];
    const logEntries = [
      ...lengths.map((length, position) => ({
        ...command,
        index: String(position + 1),
        data: randomBytes(length).toString('base64'),
      })),
      ...Array.from({ length: 64 - 8 }, (_, bit) => ({
        ...command,
        index: String(2n ** BigInt(bit + 8)),
        term: String(2n ** BigInt(bit + 8) - 1n),
        type: bit % 6,
      })),
    ];
    const stored = encode({ logEntries }).logEntries;
    assert.equal(logEntries.map(ourLogEntry), stored);
    assert.equal(stored.map(ourReadingOf), logEntries.map(entryOf));
  });

  test("log entries with times in raft-boltdb's newer format are read alike", () => {
    const logEntries = ['0', '1000000000', '1700000000123456789', '9000000000000000000', '-1500000000'].map(
      (at, position) => ({
        ...command,
        index: String(position + 1),
        appendedAt: at,
      }),
    );
    const stored = encode({ logEntries, newTimeFormat: true }).logEntries;
    assert.equal(stored.map(ourReadingOf), logEntries.map(entryOf));
  });

  for (const voter of voters) {
    test(`jaco restore --bare writes what the engine's own stores write for the same snapshot: ${voter.address}`, async () => {
      const ours = await restoredStore(engine, voter);
      const theirs = engineStore(engine, voter);
      const [ourSnapshot, theirSnapshot] = [soleSnapshot(engine, ours), soleSnapshot(engine, theirs)];
      assert.match(ourSnapshot.id, new RegExp(`^${voter.term}-${voter.index}-\\d{13}$`));
      // The time in the name is the only thing that two stores of one snapshot may differ in.
      assert.is(ourSnapshot.metaJson.replace(ourSnapshot.id, theirSnapshot.id), theirSnapshot.metaJson);
      assert.ok(ourSnapshot.state.equals(theirSnapshot.state));
      assert.equal({ ...engine.describe(ours), snapshots: [] }, { ...engine.describe(theirs), snapshots: [] });
    });
  }

  async function checkMetaJson(snapshots: readonly SnapshotInput[]): Promise<void> {
    const written = encode({ snapshots }).snapshots;
    for (const [position, snapshot] of snapshots.entries()) {
      const { id, metaJson } = written[position] as EncodeOutput['snapshots'][number];
      assert.is(await ourMetaJson(snapshot, id), metaJson);
    }
  }
});

/** The raft directory that `jaco restore --bare` makes for a voter, from an archive that the engine's side wrote. */
async function restoredStore(engine: Engine, { id, address, index, term }: VoterOfRestore): Promise<string> {
  const archive = engine.path('made.tar.gz');
  engine.tool([
    ...['make-archive', '--proto-dir', protoDirectory, '--out', archive, '--state-bytes', '70000'],
    ...['--index', String(index), '--term', String(term)],
  ]);
  engine.readArchive(archive, { snapshotFile: engine.path('snapshot.bin') });
  return join((await restoreAs(engine, archive, id, { address, flags: ['--bare'] })).dataDirectory, 'raft');
}

/** The same by the engine's own snapshot store and by raft-boltdb. */
function engineStore(engine: Engine, { id, address, index, term }: VoterOfRestore): string {
  const directory = engine.path('theirs');
  engine.tool([
    ...['make-store', '--raft-dir', directory, '--id', id, '--address', address, '--configuration-index', '1'],
    ...['--index', String(index), '--term', String(term), '--current-term', String(term)],
    ...['--state', engine.path('snapshot.bin')],
  ]);
  return directory;
}

function soleSnapshot(engine: Engine, raftDirectory: string) {
  const { snapshots } = engine.describe(raftDirectory);
  assert.is(snapshots.length, 1);
  const id = snapshots[0]?.id as string;
  const path = join(raftDirectory, 'snapshots', id);
  return { id, metaJson: readFileSync(join(path, 'meta.json'), 'utf8'), state: readFileSync(join(path, 'state.bin')) };
}
