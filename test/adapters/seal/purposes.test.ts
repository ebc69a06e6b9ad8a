import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { damageOf } from '../../../src/adapters/raft/damaged-store.js';
import { parseSnapshotMeta } from '../../../src/adapters/raft/snapshot-meta.js';
import { openEnvelope } from '../../../src/adapters/seal/envelope.js';
import { backupSnapshot, raftLogFile, raftSnapshot, raftSnapshotFile } from '../../../src/adapters/seal/purposes.js';
import { keyringOf, sealedFixture } from '../../builders/keyrings.js';

const test = suite('what an envelope is bound to');
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const refuse = { damaged: (reason: string) => new Error(reason), locked: (reason: string) => new Error(reason) };

test("a snapshot's file is bound to the engine's own JSON, without size, checksum and peers", () => {
  const purpose = raftSnapshotFile({
    id: '2-15-1795755435049',
    index: 15n,
    term: 2n,
    servers: [
      { suffrage: 'voter', id: 'node-1', address: '10.0.0.1:7001' },
      { suffrage: 'nonvoter', id: 'a<b>&\u2028\u2029"', address: '[fd00::1]:7001' },
    ],
    configurationIndex: 18_446_744_073_709_551_615n,
  });
  assert.is(
    text(purpose),
    'raft-snapshot-file:{"Version":1,"ID":"2-15-1795755435049","Index":15,"Term":2,"Configuration":{"Servers":[' +
      '{"Suffrage":0,"ID":"node-1","Address":"10.0.0.1:7001"},' +
      '{"Suffrage":1,"ID":"a\\u003cb\\u003e\\u0026\\u2028\\u2029\\"","Address":"[fd00::1]:7001"}' +
      ']},"ConfigurationIndex":18446744073709551615}',
  );
});

for (const [directory, id] of [
  ['node-1', '2-15-1795755435049'],
  ['restored-by-the-peer', '2-15-1795755435102'],
] as const) {
  test(`the snapshot of ${directory} opens, bound to what its meta.json says`, () => {
    const file = (name: string) => readFileSync(sealedFixture(directory, 'raft/snapshots', id, name));
    const ring = keyringOf('ring-1');
    const meta = parseSnapshotMeta(file('meta.json'), damageOf(directory));
    const inner = openEnvelope(file('state.bin'), { ring, purpose: raftSnapshotFile(meta), refuse });
    assert.match(text(openEnvelope(inner, { ring, purpose: raftSnapshot, refuse })), 'sealed-11');
    const other = raftSnapshotFile({ ...meta, term: meta.term + 1n });
    assert.throws(() => openEnvelope(file('state.bin'), { ring, purpose: other, refuse }), /does not open it/);
  });
}

test('a log entry is bound to its index, its term and the number of its type', () => {
  assert.is(text(raftLogFile({ index: 16n, term: 2n, type: 'command' })), 'raft-log-file:16:2:0');
  assert.is(text(raftLogFile({ index: 1n, term: 1n, type: 'configuration' })), 'raft-log-file:1:1:5');
});

test('a backup is bound to the bytes of its metadata, white space included', () => {
  assert.is(text(backupSnapshot(Buffer.from('{ }\n'))), 'backup-snapshot:{ }\n');
});

test.run();
