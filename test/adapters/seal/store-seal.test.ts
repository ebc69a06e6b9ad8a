import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createStoreSeal } from '../../../src/adapters/seal/store-seal.js';
import { collect, inChunksOf } from '../../builders/byte-streams.js';
import { keyringOf } from '../../builders/keyrings.js';
import { openEnvelope, possessionProof } from '../../builders/sealed-envelope.js';
import { noise } from '../../builders/snapshot-bytes.js';

const test = suite('what is put over a raft store for a newer daemon');
const ring = keyringOf('ring-1');
const seal = createStoreSeal(ring);
/** The ring for an independent reader of the format. */
const book = {
  active: ring.active,
  keys: Object.fromEntries([...ring.keys].map(([id, key]) => [id, key.export().toString('base64')])),
};

test('the state is sealed for itself and, around that, for the snapshot that it is in', async () => {
  const servers = [
    { suffrage: 'voter', id: 'node-1', address: '10.0.0.1:7001' },
    { suffrage: 'nonvoter', id: 'node-2', address: '10.0.0.2:7001' },
  ] as const;
  const name = { id: '2-15-1795755435049', index: 15n, term: 2n, configurationIndex: 1n, servers };
  const sealed = await collect(seal.sealState(inChunksOf(100_000, noise(300_000)), name));
  const purpose =
    'raft-snapshot-file:{"Version":1,"ID":"2-15-1795755435049","Index":15,"Term":2,"Configuration":{"Servers":' +
    '[{"Suffrage":0,"ID":"node-1","Address":"10.0.0.1:7001"},{"Suffrage":1,"ID":"node-2","Address":"10.0.0.2:7001"}]},' +
    '"ConfigurationIndex":1}';
  assert.ok(openEnvelope(openEnvelope(sealed, purpose, book), 'raft-snapshot', book).equals(noise(300_000)));
});

test('a command is sealed for itself, and with its extensions for its place', () => {
  const [data, extensions] = [Buffer.from('a command'), Buffer.from('more')];
  const stored = seal.sealEntry({ index: 16n, term: 2n, type: 'command', data, extensions });
  assert.is(stored.extensions.length, 0);
  const opened = openEnvelope(stored.data, 'raft-log-file:16:2:0', book);
  const length = Number(opened.readBigUInt64BE());
  assert.is(openEnvelope(opened.subarray(8, 8 + length), 'raft-command', book).toString(), 'a command');
  assert.is(opened.subarray(8 + length).toString(), 'more');
});

test('an entry of the engine is sealed for its place alone', () => {
  const nothing = new Uint8Array(0);
  const stored = seal.sealEntry({ index: 3n, term: 2n, type: 'noop', data: nothing, extensions: nothing });
  assert.equal(openEnvelope(stored.data, 'raft-log-file:3:2:1', book), Buffer.alloc(8));
});

test('the stable store gets the proof of the ring, and nothing else', () => {
  const values = [...seal.stableValues()];
  assert.equal(
    values.map(([key]) => key),
    ['jaco:encrypted-state:v1'],
  );
  const opened = openEnvelope(values[0]?.[1] as Uint8Array, 'raft-format', book);
  assert.equal(opened, Buffer.concat([Buffer.from('encrypted-state-v1\0'), possessionProof(book)]));
});

test.run();
