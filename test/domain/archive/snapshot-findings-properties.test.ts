import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { collectFindings } from '../../../src/domain/archive/snapshot-findings.js';
import { keptRecordLimitBytes, walkSnapshot } from '../../../src/domain/state/snapshot-content.js';
import { clusterRecord, field, numberField } from '../state/state-encoder.js';

const test = suite('what a restore finds in any state, however its bytes come');

/** A record of a state, and what is to be found in it. */
interface StatePart {
  readonly bytes: Uint8Array;
  readonly node?: { readonly hostname: string; readonly address: string };
  readonly certificate?: string;
  readonly key?: string;
}

/** Few names, so that nodes come again; and texts of any kind, a byte order mark included. */
const anyName = fc.oneof(fc.constantFrom('', 'node-1', 'node-2', '\ufeffnode-1'), fc.string({ unit: 'grapheme' }));

/** Other fields, which a daemon writes before and after those that are wanted. */
const anyOther = fc.constantFrom(
  new Uint8Array(0),
  numberField(5, 2n),
  field(3, 'fingerprint'),
  field(11, Buffer.of(0xff)),
);

const anyNode = fc.record({ hostname: anyName, address: anyName, before: anyOther, after: anyOther }).map(
  ({ hostname, address, before, after }): StatePart => ({
    bytes: field(2, Buffer.concat([before, field(1, hostname), after, field(2, address)])),
    node: { hostname, address },
  }),
);

/** Larger than a record that is kept: skipped as if it were not there. */
const tooLarge = fc.constantFrom(1, 77).map(
  (excess): StatePart => ({
    bytes: field(2, Buffer.concat([field(1, 'giant'), field(12, Buffer.alloc(keptRecordLimitBytes + excess))])),
  }),
);

const anyCluster = fc
  .record({
    certificate: fc.option(anyName, { nil: undefined }),
    key: fc.option(anyName, { nil: undefined }),
    before: anyOther,
  })
  .map(
    ({ certificate, key, before }): StatePart => ({
      bytes: clusterRecord(
        field(1, 'c-1'),
        before.length > 0 ? numberField(9, 1n) : before,
        ...(certificate === undefined ? [] : [field(2, certificate)]),
        ...(key === undefined ? [] : [field(3, key)]),
      ),
      ...(certificate === undefined ? {} : { certificate }),
      ...(key === undefined ? {} : { key }),
    }),
  );

const anythingElse = fc
  .record({ number: fc.constantFrom(3, 9, 15, 18, 40), content: fc.uint8Array({ maxLength: 40 }) })
  .map(({ number, content }): StatePart => ({ bytes: field(number, content) }));

const anyState = fc.array(fc.oneof({ weight: 4, arbitrary: anyNode }, anyCluster, anythingElse), { maxLength: 12 });

/** The expected findings, computed in the plainest way. */
function expected(parts: readonly StatePart[]) {
  const nodes = new Map<string, { hostname: string; address: string }>();
  let [certificate, key] = ['', ''];
  for (const part of parts) {
    if (part.node !== undefined && part.node.hostname !== '') nodes.set(part.node.hostname, { ...part.node });
    certificate = part.certificate ?? certificate;
    key = part.key ?? key;
  }
  return { nodes: [...nodes.values()], authority: certificate === '' || key === '' ? undefined : { certificate, key } };
}

function found(parts: readonly StatePart[], pieceSizes: readonly number[]) {
  const bytes = Buffer.concat(parts.map((part) => part.bytes));
  const findings = collectFindings();
  const walk = walkSnapshot(findings);
  let position = 0;
  for (let piece = 0; position < bytes.length; piece += 1) {
    const end = position + (pieceSizes[piece % pieceSizes.length] as number);
    walk.feed(bytes.subarray(position, end));
    position = end;
  }
  assert.is(walk.finish().kind, 'well-formed');
  const nodes = findings.nodes().map(({ hostname, address }) => ({ hostname, address }));
  return { nodes, authority: findings.authority() };
}

test('finds the same in any pieces', () => {
  const anyCuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 10 });
  void fc.assert(
    fc.property(anyState, anyCuts, (parts, cuts) => assert.equal(found(parts, cuts), expected(parts))),
    {
      numRuns: 400,
      examples: [[[{ bytes: field(2, field(1, '\ufeffa')), node: { hostname: '\ufeffa', address: '' } }], [1]]],
    },
  );
});

test('skips records that are too large at any position, and finds the rest', () => {
  void fc.assert(
    fc.property(anyState, tooLarge, fc.nat(), fc.integer({ min: 1, max: 200_000 }), (parts, large, place, cut) => {
      const at = place % (parts.length + 1);
      const withLarge = [...parts.slice(0, at), large, ...parts.slice(at)];
      assert.equal(found(withLarge, [cut, 4096]), expected(parts));
    }),
    { numRuns: 30 },
  );
});

test('never throws on a malformed state', () => {
  void fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const findings = collectFindings();
      const walk = walkSnapshot(findings);
      walk.feed(bytes);
      walk.finish();
      findings.nodes();
      findings.authority();
    }),
    { numRuns: 500 },
  );
});

test.run();
