import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { collectFindings } from '../../../src/domain/archive/snapshot-findings.js';
import { keptRecordLimitBytes, walkSnapshot } from '../../../src/domain/state/snapshot-content.js';
import { recordedNode } from '../builders.js';
import { clusterRecord, field, fixedField, numberField } from '../state/state-encoder.js';

const test = suite('what a restore finds in a state');

function find(...records: readonly Uint8Array[]) {
  const findings = collectFindings();
  walkSnapshot(findings).feed(Buffer.concat(records));
  return findings;
}

const nodeRecord = (hostname: string, address: string) =>
  field(2, Buffer.concat([field(1, hostname), field(2, address)]));

test('finds the nodes in the order of their first record, and believes the later one', () => {
  const found = find(nodeRecord('b', 'b:1'), nodeRecord('a', 'a:1'), nodeRecord('b', 'b:2'));
  assert.equal(found.nodes(), [recordedNode('b', 'b:2'), recordedNode('a', 'a:1')]);
});

test('finds a node that names no address', () => {
  assert.equal(find(field(2, field(1, 'a'))).nodes(), [recordedNode('a', '')]);
});

test('finds more than the name of a node: whether it is ready, and its keys', () => {
  const [key, fingerprint] = [Buffer.alloc(32, 7), Buffer.alloc(32, 9)];
  const record = (status: number, ...parts: readonly Uint8Array[]) =>
    field(2, Buffer.concat([field(1, 'a'), ...parts, numberField(5, status)]));
  const whole = new Uint8Array(record(2, field(3, fingerprint), field(4, key)));
  const found = find(whole).nodes();
  whole.fill(0);
  const known = {
    ready: true,
    wireguardPubkey: new Uint8Array(key),
    serverCertFingerprint: new Uint8Array(fingerprint),
  };
  assert.equal(found, [recordedNode('a', '', known)]);
  for (const status of [0, 1, 3, 4]) assert.is(find(record(status)).nodes()[0]?.ready, false);
});

test('takes nothing for a key that is too long to be one', () => {
  const keyOf = (bytes: number) =>
    find(field(2, Buffer.concat([field(1, 'a'), field(4, new Uint8Array(bytes))]))).nodes()[0]?.wireguardPubkey.length;
  assert.is(keyOf(1024), 1024);
  assert.is(keyOf(1025), 0);
});

test('passes over nodes without a name, and those that are too large to be nodes', () => {
  const large = field(2, Buffer.concat([field(1, 'a'), field(6, new Uint8Array(keptRecordLimitBytes))]));
  assert.equal(find(field(2, field(2, 'a:1')), large).nodes(), []);
});

test('passes over records of other kinds', () => {
  assert.equal(find(field(3, field(1, 'web')), field(9, field(1, 'operator'))).nodes(), []);
});

test('asks for no record that it has no use for', () => {
  const { wants } = collectFindings();
  assert.equal([1, 2, 3, 9, 15, 19].filter(wants), [1, 2]);
});

test('finds the CA, whose parts may be in two records that are merged', () => {
  const found = find(clusterRecord(field(2, 'CERT'), field(3, 'OLD')), clusterRecord(field(3, 'KEY')));
  assert.equal(found.authority(), { certificate: 'CERT', key: 'KEY' });
});

for (const [what, record] of [
  ['a key', clusterRecord(field(2, 'CERT'))],
  ['a certificate', clusterRecord(field(3, 'KEY'))],
  ['anything', clusterRecord()],
] as const) {
  test(`finds no CA without ${what}`, () => {
    assert.is(find(record).authority(), undefined);
  });
}

test('believes the later of two texts of one node, and no number in the place of a text', () => {
  const record = Buffer.concat([field(1, 'a'), numberField(2, 7n), field(1, 'b'), fixedField(1, 8)]);
  assert.equal(find(field(2, record)).nodes(), [recordedNode('b', '')]);
});

test.run();
