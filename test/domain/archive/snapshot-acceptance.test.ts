import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { acceptSnapshot, acceptWhilePassing } from '../../../src/domain/archive/snapshot-acceptance.js';
import { advice } from '../../../src/domain/remedy.js';
import { metadata } from '../builders.js';
import { refusalOf, rejectionOf } from '../refusal.js';
import { stateOf } from '../state/state-encoder.js';

const test = suite('acceptSnapshot');

const wellFormed = (clusterId: string | undefined) => ({ kind: 'well-formed', sizeBytes: 9, clusterId }) as const;
const malformed = { kind: 'malformed', atByte: 41, reason: 'field number 0 does not exist' } as const;

async function* streamOf(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
  yield* chunks;
}

async function collect(stream: AsyncIterable<Uint8Array>, into: Uint8Array[] = []): Promise<Uint8Array[]> {
  for await (const chunk of stream) into.push(chunk);
  return into;
}

test('takes the state of the cluster that the metadata names', () => {
  assert.not.throws(() => acceptSnapshot(wellFormed('c-1'), metadata({ clusterId: 'c-1' })));
});

test('refuses a malformed state, saying where and why', () => {
  const refusal = refusalOf('snapshot_rejected', () => acceptSnapshot(malformed, metadata()));
  assert.match(refusal.message, 'at byte 41, field number 0 does not exist');
  assert.equal(refusal.remedies, [advice('Use another archive.')]);
});

for (const clusterId of [undefined, '']) {
  test(`refuses a state that names no cluster (${clusterId === '' ? 'empty' : 'absent'})`, () => {
    const refusal = refusalOf('snapshot_rejected', () => acceptSnapshot(wellFormed(clusterId), metadata()));
    assert.match(refusal.message, 'names no cluster');
  });
}

test('refuses the state of another cluster, naming both, escaped', () => {
  const refusal = refusalOf('snapshot_rejected', () =>
    acceptSnapshot(wellFormed('c-2\u001b'), metadata({ clusterId: 'c-1' })),
  );
  assert.match(refusal.message, 'is of cluster c-2\\u{1b}, but meta.json says c-1');
});

test('passes every chunk on as it is', async () => {
  const state = stateOf('c-1');
  const chunks = [state.subarray(0, 5), new Uint8Array(0), state.subarray(5)];
  const passed = await collect(acceptWhilePassing(streamOf(...chunks), metadata()));
  assert.is(passed.length, chunks.length);
  for (const [position, chunk] of chunks.entries()) assert.is(passed[position], chunk);
});

test('ends in a refusal instead of the end, after the last chunk', async () => {
  const passed: Uint8Array[] = [];
  const state = stateOf('c-2');
  await rejectionOf('snapshot_rejected', collect(acceptWhilePassing(streamOf(state), metadata()), passed));
  assert.equal(passed, [state]);
});

test('refuses a snapshot without bytes', async () => {
  await rejectionOf('snapshot_rejected', collect(acceptWhilePassing(streamOf(), metadata())));
});

test('closes the snapshot when the taker stops early', async () => {
  let closed = false;
  async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) yield stateOf('c-1');
    } finally {
      closed = true;
    }
  }
  for await (const _ of acceptWhilePassing(endless(), metadata())) break;
  assert.is(closed, true);
});

test.run();
