import { randomBytes } from 'node:crypto';
import * as assert from 'uvu/assert';
import { envelopeOverheadBytes, openEnvelope, sealEnvelope } from '../../src/adapters/seal/envelope.js';
import { possessionProof } from '../../src/adapters/seal/keyring.js';
import { backupSnapshot, raftLogFile, raftSnapshot, raftSnapshotFile } from '../../src/adapters/seal/purposes.js';
import { keyringOf, placeKeyring, type RingName } from '../builders/keyrings.js';
import { engineSuite } from './engine.js';
import { type EntryInput, entryOf, type SnapshotInput } from './engine-encodings.js';

interface Content {
  readonly purpose: string;
  readonly bytes: string;
}

/** What `peer envelopes` answers. Bytes are base64. */
interface EnvelopesOutput {
  readonly proof: string;
  readonly snapshotPurposes: readonly string[];
  readonly entryPurposes: readonly string[];
  readonly sealed: readonly string[];
  readonly opened: readonly string[];
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const refuse = { damaged: (reason: string) => new Error(reason), locked: (reason: string) => new Error(reason) };

/** Of every size around those at which something changes: nothing, blocks of AES, the pieces in which we seal. */
const sizes = [0, 1, 15, 16, 17, 31, 32, 33, 4095, 65_535, 65_536, 65_537, 200_000];
const purposes = [raftSnapshot, backupSnapshot(Buffer.from('{"schema_version": 2}\n'))];

/** Names that JSON writes otherwise than they are, where Go and JavaScript do not agree. */
const names = ['node-1', 'a<b>&c', '\u2028\u2029', 'quote"back\\slash', 'tab\tline\n', 'naïve-ключ-🔑', '\u007f'];

await engineSuite("proofs, purposes and envelopes held against the engine's side", (test, engine) => {
  function ask(ring: RingName, input: object): EnvelopesOutput {
    const keyFile = placeKeyring(ring, engine.path(`${ring}.json`));
    return JSON.parse(engine.tool(['envelopes'], JSON.stringify({ keyFile, ...input }))) as EnvelopesOutput;
  }

  for (const ring of ['ring-1', 'ring-2', 'other-ring'] as const) {
    test(`the proof of ${ring} is the same, to the byte`, () => {
      assert.is(ask(ring, {}).proof, base64(possessionProof(keyringOf(ring))));
    });
  }

  test('the bound data of a snapshot is the same byte for byte, for any names of its members', () => {
    const snapshots = names.map((id, position) => ({
      ...{ id: `7-${position}-1700000000000`, index: String(2n ** 63n + BigInt(position)), term: '7', state: '' },
      ...{
        configurationIndex: String(2n ** 64n - 1n),
        servers: [voter(id), { ...voter(`${id}2`), suffrage: 'Nonvoter' }],
      },
    })) as readonly (SnapshotInput & { readonly id: string })[];
    const ours = snapshots.map((input) =>
      Buffer.from(
        raftSnapshotFile({
          id: input.id,
          index: BigInt(input.index),
          term: BigInt(input.term),
          configurationIndex: BigInt(input.configurationIndex),
          servers: input.servers.map(({ id, address, suffrage }) => ({
            id,
            address,
            suffrage: suffrage === 'Voter' ? 'voter' : 'nonvoter',
          })),
        }),
      ).toString(),
    );
    assert.equal(ask('ring-1', { snapshots }).snapshotPurposes, ours);
  });

  test('the bound data of a log entry is the same byte for byte, for every type', () => {
    const entries: readonly EntryInput[] = [0, 1, 2, 3, 4, 5].map((type) => ({
      ...{ type, index: String(2n ** 64n - 1n - BigInt(type)), term: String(2n ** 63n), data: null, extensions: null },
      ...{ appendedAt: '0', zoneSeconds: 0 },
    }));
    const ours = entries.map((entry) => Buffer.from(raftLogFile(entryOf(entry))).toString());
    assert.equal(ask('ring-1', { entries }).entryPurposes, ours);
  });

  test('the engine’s side opens what we seal, of every size', () => {
    const plain = sizes.map((size) => randomBytes(size));
    const sealed = plain.map((bytes, position) => {
      const purpose = purposes[position % 2] as Uint8Array;
      const envelope = sealEnvelope(bytes, { ring: keyringOf('ring-2'), purpose });
      assert.is(envelope.length, bytes.length + envelopeOverheadBytes('cluster-v2'));
      return content(purpose, envelope);
    });
    assert.equal(ask('ring-2', { open: sealed }).opened, plain.map(base64));
  });

  test('we open what the engine’s side seals, of every size', () => {
    const plain = sizes.map((size, position) => content(purposes[position % 2] as Uint8Array, randomBytes(size)));
    const opened = ask('ring-2', { seal: plain }).sealed.map((envelope, position) =>
      base64(
        openEnvelope(Buffer.from(envelope, 'base64'), {
          ...{ ring: keyringOf('ring-2'), purpose: purposes[position % 2] as Uint8Array, refuse },
        }),
      ),
    );
    assert.equal(
      opened,
      plain.map(({ bytes }) => bytes),
    );
  });

  test('neither opens what the other sealed for another purpose', () => {
    const [here, there] = purposes as [Uint8Array, Uint8Array];
    const ours = sealEnvelope(Buffer.from('state'), { ring: keyringOf('ring-1'), purpose: here });
    assert.throws(() => ask('ring-1', { open: [content(there, ours)] }), /does not open under the key cluster-v1/);
    const [theirs] = ask('ring-1', { seal: [content(here, Buffer.from('state'))] }).sealed;
    const envelope = Buffer.from(theirs as string, 'base64');
    assert.throws(
      () => openEnvelope(envelope, { ring: keyringOf('ring-1'), purpose: there, refuse }),
      /does not open it/,
    );
  });
});

function content(purpose: Uint8Array, bytes: Uint8Array): Content {
  return { purpose: base64(purpose), bytes: base64(bytes) };
}

function voter(id: string) {
  return { id, address: `${id}:7001`, suffrage: 'Voter' };
}
