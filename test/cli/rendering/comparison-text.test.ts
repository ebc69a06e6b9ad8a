import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { comparisonText } from '../../../src/cli/rendering/comparison-text.js';
import { comparisonDocument } from '../../../src/documents/comparison-document.js';
import type { Parting, StoreComparison } from '../../../src/domain/recovery/compare-stores.js';

const test = suite('what a comparison of stores says');

function comparisonOf(parting: Parting, lossy = false): StoreComparison {
  const store = { lastIndex: 9n, lastTerm: 2n, lastAppendedAtMs: undefined, lossy: false };
  const stores = [
    { ...store, raftDirectory: '/one/raft', parting: undefined },
    { ...store, raftDirectory: '/two/raft', parting, lossy },
  ];
  return { clusterId: 'c-1', stores };
}

/** The second store as data, and the text. */
function told(parting: Parting) {
  const comparison = comparisonOf(parting);
  const { best, forks, stores } = comparisonDocument(comparison);
  const second = stores[1];
  const json = { common_index: second?.common_index, differs: second?.differs, forked: second?.forked };
  return { text: comparisonText(comparison), json, choice: { best, forks } };
}

test('names the store to take where the logs agree', () => {
  const { text, json, choice } = told({ kind: 'ends', index: 9n });
  assert.match(text, /the same entries up to 9\n/);
  assert.match(text, /\nRecover from \/one\/raft\./);
  assert.equal(json, { common_index: 9n, differs: false, forked: false });
  assert.equal(choice, { best: '/one/raft', forks: false });
});

test('names the store to take where one went on with what was never committed', () => {
  const { text, json } = told({ kind: 'differs', index: undefined });
  assert.match(text, /no entry in common, others, which were never committed/);
  assert.match(text, /\nRecover from \/one\/raft\./);
  assert.equal(json, { common_index: null, differs: true, forked: false });
});

test('recommends none of two forks', () => {
  const { text, json, choice } = told({ kind: 'forked', index: 7n });
  assert.match(text, /the same entries up to 7, then others of the same index and term/);
  assert.match(text, /forks of one cluster/);
  assert.not.match(text, /Recover from/);
  assert.equal(json, { common_index: 7n, differs: true, forked: true });
  assert.equal(choice, { best: null, forks: true });
});

test('does not say that logs part which do not overlap', () => {
  const { text, json } = told({ kind: 'hidden' });
  assert.match(text, /cannot be told whether they part/);
  assert.not.match(text, /Recover from/);
  assert.equal(json, { common_index: null, differs: null, forked: false });
});

test('does not promise all that was acknowledged where damage has taken entries from one of them', () => {
  const text = comparisonText(comparisonOf({ kind: 'ends', index: 9n }, true));
  assert.match(
    text,
    /, damaged behind that; the same entries up to 9\n\nBy what can be read, \/one\/raft has the most\./,
  );
  assert.not.match(text, /it holds all/);
});

test.run();
