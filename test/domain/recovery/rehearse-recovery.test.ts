import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type RecoveryRehearsalWish, rehearseRecovery } from '../../../src/domain/recovery/rehearse-recovery.js';
import type { StoreFindings } from '../../../src/domain/recovery/store-findings.js';
import type { StoreSurvey } from '../../../src/ports/surviving-stores.js';
import { snapshotOf } from '../../builders/snapshot-bytes.js';
import { createInMemoryRehearsalNode } from '../../fakes/in-memory-rehearsal-node.js';
import { rejectionOf } from '../refusal.js';
import { recoveryStage, youngCluster } from './recovery-stage.js';

const test = suite('rehearseRecovery');
const never = new AbortController().signal;
const wishing = (changes: Partial<RecoveryRehearsalWish> = {}): RecoveryRehearsalWish => ({
  from: '/left',
  name: undefined,
  acceptLoss: false,
  workDirectory: undefined,
  ...changes,
});

/** A stage whose recovered store is found as `change` makes it. */
function rehearsalStage(change: (survey: StoreSurvey<StoreFindings>) => object = () => ({})) {
  const { ports, survivors } = recoveryStage();
  const node = createInMemoryRehearsalNode(new Map(), new Map());
  const changing = {
    ...survivors,
    async open(path: string) {
      const store = await survivors.open(path);
      if (path === '/left') return store;
      const survey: typeof store.survey = async (begin, signal) => {
        const found = await store.survey(begin, signal);
        return { ...found, ...change(found as unknown as StoreSurvey<StoreFindings>) };
      };
      return { ...store, survey };
    },
  };
  return { ports: { recovery: { ...ports, survivors: changing }, node }, survivors, node };
}

test('recovers into a place of its own, finds the single voter and every entry there, and removes it again', async () => {
  const { ports, survivors, node } = rehearsalStage();
  const { checks, recovered, leftBehind } = await rehearseRecovery(ports, wishing(), never);
  assert.equal(checks, [
    'the node node-1 would come up as the single voter, and the state has its record',
    'its store holds all 3 entries behind the snapshot, up to index 3',
  ]);
  assert.equal([...survivors.committed.keys()], ['/tmp/rehearsal-1']);
  assert.is(recovered.plan.seed.voter.address, '10.0.0.1:7001');
  assert.equal([leftBehind, node.places.size, survivors.openStores()], [[], 0, 0]);
});

test('speaks of one entry where there is one', async () => {
  const stage = rehearsalStage();
  const snapshot = { id: '2-9-1', index: 9n, term: 2n, state: snapshotOf('c-1') };
  stage.survivors.planted.set('/left/raft', { ...youngCluster, snapshot, entries: [{ term: 2n }] });
  const { checks } = await rehearseRecovery(stage.ports, wishing(), never);
  assert.is(checks[1], 'its store holds the one entry behind the snapshot, up to index 10');
});

test('takes the name that is asked for, and one of its own where this host has none that fits', async () => {
  const asked = await rehearseRecovery(rehearsalStage().ports, wishing({ name: 'node-2' }), never);
  assert.is(asked.recovered.plan.seed.voter.id, 'node-2');
  const { ports } = rehearsalStage();
  const host = { ...ports.recovery.host, hostname: () => 'not a hostname' };
  const unnamed = await rehearseRecovery({ ...ports, recovery: { ...ports.recovery, host } }, wishing(), never);
  assert.is(unnamed.recovered.plan.seed.voter.id, 'rehearsal');
});

test('accepts a loss where that is asked for, and otherwise fails as the recovery would, and leaves nothing', async () => {
  const entries = [...youngCluster.entries, { term: 2n, missing: true as const }];
  const stage = rehearsalStage();
  stage.survivors.planted.set('/left/raft', { ...youngCluster, entries });
  await rejectionOf('store_damaged', rehearseRecovery(stage.ports, wishing(), never));
  assert.is(stage.node.places.size, 0);
  const { recovered } = await rehearseRecovery(stage.ports, wishing({ acceptLoss: true }), never);
  assert.is(recovered.plan.survey.lost?.from, 4n);
});

for (const [what, change] of Object.entries<(survey: StoreSurvey<StoreFindings>) => object>({
  'no members': () => ({ members: [] }),
  'two members': ({ members }) => ({ members: [...members, ...members] }),
  'another member': () => ({ members: [{ id: 'node-9', address: '10.0.0.9:7001', suffrage: 'voter' }] }),
  'a nonvoter': ({ members }) => ({ members: [{ ...members[0], suffrage: 'nonvoter' }] }),
  'no record of the node': ({ visitor }) => ({ visitor: { ...visitor, nodes: () => [] } }),
  'fewer entries': () => ({ lastIndex: 4n }),
  'another term': () => ({ lastTerm: 1n }),
  'another cluster': ({ visitor }) => ({ visitor: { ...visitor, clusterId: () => 'c-2' } }),
  'a damaged snapshot': () => ({ faults: ['state.bin is damaged.'] }),
  'a loss': ({ visitor }) => ({ lost: { reason: 'it is damaged.', from: 5n, to: 5n, visitor } }),
  'fewer commands': ({ visitor }) => ({ visitor: { ...visitor, kinds: () => [] } }),
})) {
  test(`fails where what was recovered has ${what}, and leaves nothing`, async () => {
    const { ports, node, survivors } = rehearsalStage(change);
    await rejectionOf('rehearsal_failed', rehearseRecovery(ports, wishing(), never));
    assert.equal([node.places.size, survivors.openStores()], [0, 0]);
  });
}

test.run();
