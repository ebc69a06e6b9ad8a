import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeFirstCommands } from '../../../src/adapters/contract/command-encoding.js';
import { messages } from '../../../src/adapters/contract/contract.js';
import { timestampOf } from '../../../src/adapters/contract/timestamps.js';
import type { FirstCommand } from '../../../src/domain/restore/first-commands.js';
import { sampleCommands } from '../../builders/first-commands.js';

const test = suite('the encoding of first commands');

const atMs = Date.UTC(2026, 4, 26, 8, 30, 0, 250);
const ts = timestampOf(atMs);
const issued = { ts, identity: 'restore' };

const joins = {
  hostname: 'recovered',
  address: '10.0.0.7:7001',
  grpcAddress: '10.0.0.7:7000',
  wireguardPubkey: Buffer.from('a public key'),
  serverCertFingerprint: Buffer.from('a fingerprint'),
};
const facts = { imported_at: '2026-05-26T08:30:00.250Z', snapshot_index: '18446744073709551614', empty: '' };

/** Each command, and its decoding by the contract of proto/. */
const cases: readonly [FirstCommand, object][] = [
  [{ kind: 'node-joins', ...joins }, { nodeJoin: joins }],
  [
    { kind: 'node-joins', ...joins, wireguardPubkey: Buffer.of(), serverCertFingerprint: Buffer.of() },
    { nodeJoin: { hostname: joins.hostname, address: joins.address, grpcAddress: joins.grpcAddress } },
  ],
  [{ kind: 'node-is-ready', hostname: 'recovered' }, { nodeStatusUpdate: { hostname: 'recovered', status: 2 } }],
  [{ kind: 'node-is-removed', hostname: 'b' }, { nodeRemove: { hostname: 'b' } }],
  [{ kind: 'restore-is-recorded', facts }, { auditAppend: { event: { type: 14, ...issued, payload: facts } } }],
];

for (const [command, child] of cases) {
  test(`is what the contract of proto/ reads: ${command.kind}, ${Object.keys(Object.values(child)[0]).length} fields`, () => {
    const expected = messages.command.encode({ ...issued, batch: { children: [{ ...issued, ...child }] } });
    const written = encodeFirstCommands(sampleCommands({ atMs, commands: [command] }));
    assert.equal(messages.command.decode(written), messages.command.decode(expected));
  });
}

test('keeps the order of the commands', () => {
  const commands = cases.map(([command]) => command);
  const { batch } = messages.command.decode(encodeFirstCommands(sampleCommands({ commands })));
  assert.is(batch?.children.length, commands.length);
  assert.ok(batch?.children[0]?.nodeJoin && batch.children.at(-1)?.auditAppend);
});

test('omits fields with their default, as Go does', () => {
  const written = Buffer.from(encodeFirstCommands(sampleCommands({ atMs: 0, commands: [] })));
  assert.is(written.toString('hex'), `1a00${'2207'}${Buffer.from('restore').toString('hex')}d20500`);
});

test.run();
