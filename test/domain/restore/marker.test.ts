import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { advice } from '../../../src/domain/remedy.js';
import { markerFileName, parseMarker, type RestoreMarker, renderMarker } from '../../../src/domain/restore/marker.js';
import { refusalOf } from '../refusal.js';

const test = suite('the restore marker');

const marker: RestoreMarker = {
  clusterId: 'c-1',
  snapshotIndex: 1000n,
  takenAt: '2026-05-25T10:00:00Z',
  importedAt: '2026-05-26T08:30:00.000Z',
};

const lines = [
  'cluster_id=c-1',
  'snapshot_index=1000',
  'taken_at=2026-05-25T10:00:00Z',
  'imported_at=2026-05-26T08:30:00.000Z',
];

const textOf = (given: readonly string[]) => `${given.join('\n')}\n`;

test('lies where the daemon looks', () => {
  assert.is(markerFileName, 'restore.txt');
});

test('is four lines, in the order of the documentation', () => {
  assert.is(renderMarker(marker), textOf(lines));
});

test('is read back as it was written', () => {
  const value = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !text.includes('\n'));
  const anyMarker = fc.record(
    {
      clusterId: value,
      snapshotIndex: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      takenAt: value,
      importedAt: value,
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(anyMarker, (original) => {
      assert.equal(parseMarker(renderMarker(original)), original);
    }),
  );
});

test('is read with its keys in any order, with keys of newer writers, and without the last line break', () => {
  const text = ['new_key=', ...lines.toReversed()].join('\n');
  assert.equal(parseMarker(text), marker);
});

test('may hold a "=" in a value', () => {
  assert.is(parseMarker(textOf(['cluster_id=a=b', ...lines.slice(1)])).clusterId, 'a=b');
});

for (const [position, key] of ['cluster_id', 'snapshot_index', 'taken_at', 'imported_at'].entries()) {
  test(`is refused without ${key}`, () => {
    const refusal = refusalOf('marker_mismatch', () => parseMarker(textOf(lines.toSpliced(position, 1))));
    assert.match(refusal.message, `${key} is missing`);
  });

  test(`is refused with an empty ${key}`, () => {
    refusalOf('marker_mismatch', () => parseMarker(textOf(lines.with(position, `${key}=`))));
  });

  test(`is refused with ${key} given twice`, () => {
    const twice = textOf([...lines, lines[position] ?? '']);
    assert.match(refusalOf('marker_mismatch', () => parseMarker(twice)).message, `${key} is given twice`);
  });
}

for (const index of ['-1', '+1', '1.0', '0x10', ' 1', '1e3', '1_000', '١', '18446744073709551616', '9'.repeat(30)]) {
  test(`is refused with the index "${index}"`, () => {
    const text = textOf(lines.with(1, `snapshot_index=${index}`));
    assert.match(refusalOf('marker_mismatch', () => parseMarker(text)).message, 'snapshot_index is not a uint64');
  });
}

test('may hold the largest index, and the smallest', () => {
  for (const index of [2n ** 64n - 1n, 0n]) {
    assert.is(parseMarker(textOf(lines.with(1, `snapshot_index=${index}`))).snapshotIndex, index);
  }
});

test('may hold a key of one letter, with or without a value', () => {
  assert.equal(parseMarker(textOf([...lines, 'a=', 'b=c'])), marker);
});

for (const line of ['cluster_id', '=value', '=', ' ']) {
  test(`is refused with the line "${line}"`, () => {
    const refusal = refusalOf('marker_mismatch', () => parseMarker(textOf([...lines, line])));
    assert.match(refusal.message, 'a line has no key before a "="');
  });
}

test('says what to do if it is refused', () => {
  const { remedies } = refusalOf('marker_mismatch', () => parseMarker(''));
  assert.equal(remedies, [advice('Restore again into a fresh data directory.')]);
});

test.run();
