import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { messages } from '../../../src/adapters/contract/contract.js';
import { damageOf } from '../../../src/adapters/raft/damaged-store.js';
import { auditEventsIn, createReplicatedState } from '../../../src/adapters/sandbox/replicated-state.js';
import { isJacoError } from '../../../src/domain/errors.js';
import { inChunksOf } from '../../builders/byte-streams.js';

const test = suite('replicated state of the sandbox');
const refuse = damageOf('/data/raft/log.db');

type Piece = Parameters<typeof messages.state.encode>[0];

function stateOf(...pieces: readonly Piece[]) {
  const state = createReplicatedState();
  for (const piece of pieces) {
    const walk = state.load(refuse);
    walk.feed(messages.state.encode(piece));
    walk.finish();
  }
  return state;
}

test('is empty at first', () => {
  const state = createReplicatedState();
  assert.is(state.cluster(), undefined);
  assert.is(state.nodes.size, 0);
  assert.equal([...state.tokens()], []);
});

test('takes cluster, nodes and tokens of a state', () => {
  const token = { identity: 'ci', hashedSecret: Buffer.alloc(32, 1) };
  const state = stateOf({ cluster: { clusterId: 'c-1' }, nodes: [{ hostname: 'node-1' }], tokens: [token] });
  assert.is(state.cluster()?.clusterId, 'c-1');
  assert.equal([...state.nodes.keys()], ['node-1']);
  assert.equal(
    [...state.tokens()].map(({ identity }) => identity),
    ['ci'],
  );
});

test('merges two records of the cluster, as the daemon does', () => {
  const first = { clusterId: 'c-1', caCert: Buffer.from('a CA') };
  const state = stateOf(
    { cluster: first },
    { cluster: { caCert: Buffer.from('another'), caKey: Buffer.from('its key') } },
  );
  const { clusterId, caCert, caKey } = state.cluster() ?? {};
  assert.equal([clusterId, `${caCert}`, `${caKey}`], ['c-1', 'another', 'its key']);
});

test('lets the later of two records of a node count', () => {
  const state = stateOf(
    { nodes: [{ hostname: 'a', address: '1' }, { hostname: 'b' }] },
    { nodes: [{ hostname: 'a', address: '2' }] },
  );
  assert.is(state.nodes.size, 2);
  assert.is(state.nodes.get('a')?.address, '2');
});

test('lets a token that was revoked later count as revoked', () => {
  const token = { identity: 'ci', hashedSecret: Buffer.alloc(32, 1) };
  const state = stateOf({ tokens: [token] }, { tokens: [{ ...token, revokedAt: { seconds: '1', nanos: 0 } }] });
  assert.equal(
    [...state.tokens()].map(({ revokedAt }) => revokedAt?.seconds),
    ['1'],
  );
});

test('remembers the restores in the audit log, under any name of their payload', () => {
  const restored = (payload: Record<string, string>) => ({ type: 14, payload });
  const state = stateOf({
    auditEvents: [
      restored({ imported_at: '2026', snapshot_index: '7' }),
      restored({ ['__proto__']: 'x' }),
      { type: 13, payload: { imported_at: '2025' } },
    ],
  });
  assert.equal(Object.fromEntries(state.recordedRestores), { '2026': '7', '': '' });
});

test('refuses a record that cannot be decoded', () => {
  const state = createReplicatedState();
  const walk = state.load(refuse);
  // Field 2 (nodes) with one byte that is no field.
  const failure = (() => {
    try {
      walk.feed(Buffer.from([0x12, 0x01, 0xff]));
    } catch (error) {
      return error;
    }
    return undefined;
  })();
  assert.ok(isJacoError(failure, 'store_damaged'));
  assert.match(
    failure.message,
    /^\/data\/raft\/log\.db is damaged: a record of field 2 of the state cannot be decoded\.$/,
  );
});

const state = messages.state.encode({
  cluster: { clusterId: 'c-1' },
  nodes: [{ hostname: 'a', address: 'old' }, { hostname: 'b' }, { hostname: 'a', address: 'older than new' }],
  routes: [Buffer.alloc(300, 7)],
  auditEvents: [
    { raftIndex: '7', type: 13 },
    { raftIndex: '8', type: 14 },
  ],
});
const later = messages.state.encode({ nodes: [{ hostname: 'a', address: 'new' }, { hostname: 'c' }] });
const whole = Buffer.concat([state, later]);

for (const size of [1, 7, 64, 10_000]) {
  test(`yields the audit events of a state in pieces of ${size} bytes`, async () => {
    const indexes: string[] = [];
    for await (const { raftIndex } of auditEventsIn(inChunksOf(size, whole))) indexes.push(raftIndex);
    assert.equal(indexes, ['7', '8']);
  });
}

test.run();
