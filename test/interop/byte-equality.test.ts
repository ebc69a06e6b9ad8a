import { randomBytes } from 'node:crypto';
import * as assert from 'uvu/assert';
import { engineSuite } from './engine.js';
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

  async function checkMetaJson(snapshots: readonly SnapshotInput[]): Promise<void> {
    const written = encode({ snapshots }).snapshots;
    for (const [position, snapshot] of snapshots.entries()) {
      const { id, metaJson } = written[position] as EncodeOutput['snapshots'][number];
      assert.is(await ourMetaJson(snapshot, id), metaJson);
    }
  }
});
