import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { unsealed } from '../../src/domain/archive/archive-schema.js';
import type { RaftStoreSeed } from '../../src/domain/restore/raft-store-seed.js';
import type { RehearsalNode, RehearsalPlace } from '../../src/ports/rehearsal-node.js';
import { collect } from '../builders/byte-streams.js';
import { codeOf } from '../builders/outcome.js';
import { snapshotOf } from '../builders/snapshot-bytes.js';

/** One implementation, and what restores for it. */
export interface Harness {
  readonly node: RehearsalNode;
  /** A directory in which places may be made. */
  readonly directory: string;
  /** Puts a store of this snapshot into the place, and the marker of the restore. */
  restore(place: RehearsalPlace, seed: Omit<RaftStoreSeed, 'dataDirectory'>, snapshot: Uint8Array): Promise<void>;
  /** How many places have not been removed. */
  remaining(): Promise<number>;
  /** Leaves what a rehearsal leaves that is killed. */
  plantKilled(): Promise<void>;
  close(): Promise<void>;
}

/** The cluster whose restore a harness marks. */
export const rehearsedCluster = 'c-1';

/** What {@link RehearsalNode} promises, for any implementation. */
export function rehearsalNodeContract(name: string, open: () => Promise<Harness>): void {
  const test = suite(`RehearsalNode contract: ${name}`);
  const never = new AbortController().signal;
  const snapshot = snapshotOf(rehearsedCluster, 3_000);
  let harness: Harness;
  let place: RehearsalPlace;

  test.before.each(async () => {
    harness = await open();
    place = await harness.node.prepare(harness.directory);
  });
  test.after.each(async () => {
    await place.remove();
    await harness.close();
  });

  const seed = {
    snapshotId: '7-1000-1795539891344',
    index: 1000n,
    term: 7n,
    configurationIndex: 1n,
    voter: { id: 'recovered', address: '10.0.0.7:7001' },
    seal: unsealed,
    owner: undefined,
  };
  const booted = async () => {
    await harness.restore(place, seed, snapshot);
    return harness.node.boot(place);
  };

  test('comes up as the single voter that was restored, and leads', async () => {
    const node = await booted();
    try {
      const status = await node.cluster.status(never);
      assert.is(status.initialized, true);
      assert.is(status.leader, '10.0.0.7:7001');
      assert.ok(status.raftIndex > 1000n);
      const voters = status.nodes.filter(({ suffrage }) => suffrage === 'voter');
      assert.equal(
        voters.map(({ hostname }) => hostname),
        ['recovered'],
      );
    } finally {
      await node.stop();
    }
  });

  test('holds the state that was restored, with nothing before it', async () => {
    const node = await booted();
    try {
      const state = await collect(node.state());
      assert.ok(state.subarray(0, snapshot.length).equals(snapshot));
    } finally {
      await node.stop();
    }
  });

  test('has recorded the restore once', async () => {
    const node = await booted();
    try {
      const indexes = [];
      for await (const { payload } of node.cluster.audit({ types: ['RESTORE_COMPLETED'] }, never)) {
        indexes.push(payload['snapshot_index']);
      }
      assert.equal(indexes, ['1000']);
    } finally {
      await node.stop();
    }
  });

  test('refuses a place without a store that it could boot', async () => {
    await harness.restore(place, seed, Buffer.from('no state'));
    assert.is(await codeOf(harness.node.boot(place)), 'store_damaged');
  });

  test('makes a separate, empty place each time', async () => {
    const other = await harness.node.prepare(harness.directory);
    assert.is.not(other.dataDirectory, place.dataDirectory);
    assert.match(other.dataDirectory, harness.directory);
    await other.remove();
    assert.is(await harness.remaining(), 1);
  });

  test('clears away what a killed one left, and nothing of a running one', async () => {
    await harness.plantKilled();
    assert.is(await harness.remaining(), 2);
    const other = await harness.node.prepare(harness.directory);
    assert.is(await harness.remaining(), 2);
    assert.equal(await other.remove(), []);
    assert.is(await harness.remaining(), 1);
  });

  test('removes all of a place, and may be asked to more than once', async () => {
    const node = await booted();
    await node.stop();
    await place.remove();
    await place.remove();
    assert.is(await harness.remaining(), 0);
  });

  test.run();
}
