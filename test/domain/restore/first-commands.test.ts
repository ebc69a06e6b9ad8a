import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { giveParameter } from '../../../src/domain/remedy.js';
import {
  decideFirstCommands,
  type FirstCommandsPlan,
  nameSome,
  nodesThatRejoin,
  warnOfBareState,
  warnOfRecordedNodes,
} from '../../../src/domain/restore/first-commands.js';
import { planRestore } from '../../../src/domain/restore/restore-plan.js';
import { host, inspection, recordedNode, request, schema } from '../builders.js';
import { refusalOf } from '../refusal.js';

const test = suite('what the log of a recovered cluster begins with');

const nowMs = Date.UTC(2026, 4, 26, 8, 30);
const voter = { id: 'node-1', address: '10.0.0.7:7001' };
const nothing = new Uint8Array(0);
const others = [recordedNode('node-2', '10.0.0.2:7001'), recordedNode('node-3', '10.0.0.3:7001')];
const key = Uint8Array.of(1, 2, 3);

function planned(changes: Parameters<typeof request>[0] = {}): FirstCommandsPlan {
  return planRestore(request(changes), schema(), host(), inspection()).first as FirstCommandsPlan;
}

const joins = {
  kind: 'node-joins',
  hostname: 'node-1',
  address: '10.0.0.7:7001',
  grpcAddress: '10.0.0.7:7000',
  wireguardPubkey: nothing,
  serverCertFingerprint: nothing,
};
const isReady = { kind: 'node-is-ready', hostname: 'node-1' };
const isRecorded = {
  kind: 'restore-is-recorded',
  facts: {
    cluster_id: 'c-1',
    snapshot_index: '1000',
    taken_at: '2026-05-25T10:00:00Z',
    imported_at: '2026-05-26T08:30:00.000Z',
  },
};

test('enters the node, at the addresses of the plan and ready for work, and then the restore in the audit log', () => {
  assert.equal(decideFirstCommands(planned(), others), {
    identity: 'restore',
    atMs: nowMs,
    commands: [joins, isReady, isRecorded],
  });
});

test('keeps the keys that the state has of the node', () => {
  const known = recordedNode('node-1', '10.0.0.1:7001', { wireguardPubkey: key, serverCertFingerprint: key });
  const [first] = decideFirstCommands(planned(), [known, ...others]).commands;
  assert.equal(first, { ...joins, wireguardPubkey: key, serverCertFingerprint: key });
});

test('removes the nodes that are named, by name and each once, before the restore is recorded', () => {
  const removals = { removeNodes: ['node-3', 'node-2', 'node-3'] };
  assert.equal(decideFirstCommands(planned(removals), others.toReversed()).commands, [
    joins,
    isReady,
    { kind: 'node-is-removed', hostname: 'node-2' },
    { kind: 'node-is-removed', hostname: 'node-3' },
    isRecorded,
  ]);
});

test('removes all others where that is asked, and never the node itself', () => {
  const recorded = [others[0], recordedNode('node-1', '10.0.0.1:7001'), others[1]] as typeof others;
  for (const removeNodes of [[], ['node-2']]) {
    const { commands } = decideFirstCommands(planned({ removeNodes, removeOtherNodes: true }), recorded);
    assert.equal(
      commands.filter(({ kind }) => kind === 'node-is-removed'),
      others.map(({ hostname }) => ({ kind: 'node-is-removed', hostname })),
    );
  }
  assert.is(decideFirstCommands(planned({ removeOtherNodes: true }), []).commands.length, 3);
});

test('refuses to remove a node that the state does not have, and names those that it has', () => {
  const plan = planned({ removeNodes: ['node-2', 'edge-9'] });
  const refusal = refusalOf('request_invalid', () => decideFirstCommands(plan, others));
  assert.is(refusal.message, 'edge-9 cannot be removed: the state has no such node, only node-2 and node-3.');
  assert.equal(refusal.remedies, [giveParameter('removedNodes')]);
  const alone = refusalOf('request_invalid', () => decideFirstCommands(plan, []));
  assert.match(alone.message, 'no such node, only the restored one.');
  assert.equal(alone.remedies, [{ kind: 'omit-parameter', parameter: 'removedNodes' }]);
});

test('refuses to remove the node that is being restored', () => {
  const refusal = refusalOf('request_invalid', () => planned({ removeNodes: ['node-2', 'node-1'] }));
  assert.match(refusal.message, 'node-1 cannot be removed: it is the node that is being restored');
});

test('leaves the log empty where the bare state is asked for, from which nothing can be removed', () => {
  assert.is(planned({ bare: true }), undefined);
  for (const removal of [{ removeNodes: ['node-2'] }, { removeOtherNodes: true }]) {
    refusalOf('request_invalid', () => planned({ bare: true, ...removal }));
  }
});

test('refuses a snapshot after which raft could not continue to count, with and without commands', () => {
  const planAt = (changes: Parameters<typeof schema>[0], bare = false) =>
    planRestore(request({ bare }), schema(changes), host(), inspection());
  const [lastIndex, lastTerm] = [2n ** 64n - 3n, 2n ** 64n - 2n];
  assert.is(planAt({ snapshotIndex: lastIndex, snapshotTerm: lastTerm }).seed.index, lastIndex);
  for (const bare of [false, true]) {
    const index = refusalOf('snapshot_rejected', () => planAt({ snapshotIndex: lastIndex + 1n }, bare));
    assert.match(index.message, 'raft index 18446744073709551614, where the count ends: no log entry');
    const term = refusalOf('snapshot_rejected', () => planAt({ snapshotTerm: lastTerm + 1n }, bare));
    assert.match(term.message, 'raft term 18446744073709551615, where the count ends: no leader');
  }
});

test('lets those rejoin that stay in the state, and not the node itself', () => {
  const recorded = [recordedNode('node-1', ''), ...others];
  assert.equal(nodesThatRejoin(voter, recorded.toReversed(), undefined), others);
  const first = decideFirstCommands(planned({ removeNodes: ['node-2'] }), recorded);
  assert.equal(nodesThatRejoin(voter, recorded, first), [others[1]]);
});

test('warns in one sentence that work goes to ready nodes which are not there', () => {
  const ready = (hostname: string) => recordedNode(hostname, '', { ready: true });
  assert.equal(warnOfRecordedNodes(voter, others), []);
  const [one, ...more] = warnOfRecordedNodes(voter, [...others, ready('node-4')]);
  assert.match(
    one?.sentence ?? '',
    / work on node-4, READY in the state, .* until that node joins again or is removed/,
  );
  assert.is(more.length, 0);
  assert.equal(one?.remedies, [{ kind: 'remove-nodes' }]);
  const many = Array.from({ length: 40 }, (_, number) => ready(`edge-${number}`));
  const [warning] = warnOfRecordedNodes(voter, many);
  assert.match(
    warning?.sentence ?? '',
    / work on edge-0, edge-1, edge-2, edge-3, edge-4 and 35 more, READY .* those nodes join again or are/,
  );
});

test('warns of another node at this very address, as of a host under its former name', () => {
  const [warning] = warnOfRecordedNodes(voter, [...others, recordedNode('former', voter.address)]);
  assert.match(warning?.sentence ?? '', /has former at 10\.0\.0\.7:7001 too/);
  assert.equal(warning?.remedies, [{ kind: 'remove-nodes' }]);
});

test('warns of a bare state that does not know the node, or knows it at another address', () => {
  assert.equal(warnOfBareState(voter, [recordedNode(voter.id, voter.address)]), []);
  for (const recorded of [[], [recordedNode(voter.id, '10.0.0.1:7001')], [recordedNode('other', voter.address)]]) {
    const [warning] = warnOfBareState(voter, recorded);
    assert.match(warning?.sentence ?? '', `the bare state does not know ${voter.id} at ${voter.address}: nodes that`);
  }
});

test('names few of many', () => {
  assert.is(nameSome([]), '');
  assert.is(nameSome(['a']), 'a');
  assert.is(nameSome(['a', 'b', 'c']), 'a, b and c');
  assert.is(nameSome(['a', 'b', 'c', 'd', 'e']), 'a, b, c, d and e');
  assert.is(nameSome(['a', 'b', 'c', 'd', 'e', 'f']), 'a, b, c, d, e and 1 more');
  assert.is(nameSome(['a\nb']), nameSome(['a\nb']).replace('\n', ''));
});

test.run();
