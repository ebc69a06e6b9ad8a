import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type DatedBackup,
  isRule,
  judgeRetention,
  type RetentionRule,
} from '../../../src/domain/retention/retention.js';

const test = suite('judgeRetention');

/** What no rule keeps beside the one just written, oldest first. */
function selectExpired<Backup extends DatedBackup>(
  others: readonly Backup[],
  written: DatedBackup,
  kept: RetentionRule,
  atMs: number,
) {
  const judged = judgeRetention<DatedBackup>([written, ...others], kept, atMs, written);
  return judged
    .filter(({ reason }) => reason === 'expired')
    .reverse()
    .map(({ backup }) => backup as Backup);
}

const dayMs = 86_400_000;
const nowMs = Date.UTC(2026, 4, 25, 3);

/** A backup taken `days` ago. */
const old = (days: number, snapshotIndex = 1000n) => ({ days, takenAtMs: nowMs - days * dayMs, snapshotIndex });
/** The same without an index. */
const indexless = (days: number) => ({ ...old(days), snapshotIndex: undefined });
const rule = (changes: Partial<RetentionRule>): RetentionRule => ({
  keep: undefined,
  keepWithinMs: undefined,
  ...changes,
});

for (const [what, kept, others, expected] of [
  ['nothing where there is no other', { keep: 1 }, [], []],
  ['all others when one is to be kept', { keep: 1 }, [1, 2, 3], [3, 2, 1]],
  ['what is beyond the number, the one just written counted', { keep: 3 }, [3, 1, 2, 4], [4, 3]],
  ['nothing while there are fewer than the number', { keep: 4 }, [1, 2, 3], []],
  ['what is older than the span', { keepWithinMs: 2 * dayMs }, [1, 2, 3, 4], [4, 3]],
  ['all others when none is within the span', { keepWithinMs: dayMs / 2 }, [1, 2, 3], [3, 2, 1]],
  ['only what neither rule keeps', { keep: 2, keepWithinMs: 3 * dayMs }, [1, 2, 3, 4], [4]],
  ['only what neither rule keeps, where the number keeps more', { keep: 4, keepWithinMs: dayMs }, [1, 2, 3, 4], [4]],
  ['nothing from the future, by this host and its span', { keepWithinMs: dayMs }, [-1, -2], []],
] as const) {
  test(`expires ${what}`, () => {
    const expired = selectExpired(
      others.map((days) => old(days)),
      old(0),
      rule(kept),
      nowMs,
    );
    assert.equal(
      expired.map(({ days }) => days),
      expected,
    );
  });
}

test('never expires the newest, even if the one just written says that it is older', () => {
  const expired = selectExpired([old(-1), old(1)], old(0), rule({ keep: 1 }), nowMs);
  assert.equal(
    expired.map(({ days }) => days),
    [1],
  );
});

test('takes the later in history for the newer of two of the same moment', () => {
  const twins = [old(1, 2n ** 64n - 1n), old(1, 2n ** 64n - 2n)];
  assert.equal(selectExpired(twins, old(0), rule({ keep: 2 }), nowMs), [twins[1]]);
});

test('treats a backup without an index as the older of two of the same moment', () => {
  const [said, unsaid] = [old(1, 1n), indexless(1)];
  for (const twins of [
    [said, unsaid],
    [unsaid, said],
  ]) {
    assert.equal(selectExpired(twins, old(0), rule({ keep: 2 }), nowMs), [unsaid]);
  }
});

test('takes the one just written for the newer of two that are equal in time and index', () => {
  const twin = old(0);
  assert.equal(selectExpired([twin], old(0), rule({ keep: 1 }), nowMs), [twin]);
});

const backups = fc.array(
  fc.record({
    takenAtMs: fc.integer({ min: nowMs - 40 * dayMs, max: nowMs }),
    snapshotIndex: fc.option(fc.bigInt({ min: 1n, max: 5n }), { nil: undefined }),
  }),
);
const rules = fc.record({
  keep: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
  keepWithinMs: fc.option(fc.integer({ min: 1, max: 40 * dayMs }), { nil: undefined }),
});
const written = backups.map(([first]) => first ?? { takenAtMs: nowMs, snapshotIndex: 3n });

test('never expires the newest', () => {
  fc.assert(
    fc.property(backups, written, rules, (others, ours, kept) => {
      const expired = selectExpired(others, ours, kept, nowMs);
      const newest = Math.max(...[...others, ours].map(({ takenAtMs }) => takenAtMs));
      const left = [...others.filter((backup) => !expired.includes(backup)), ours];
      assert.is(Math.max(...left.map(({ takenAtMs }) => takenAtMs)), newest);
    }),
  );
});

test('never leaves fewer than the number that is to be kept', () => {
  fc.assert(
    fc.property(backups, written, rules, (others, ours, kept) => {
      const left = others.length + 1 - selectExpired(others, ours, kept, nowMs).length;
      assert.ok(left >= Math.min(kept.keep ?? 1, others.length + 1));
    }),
  );
});

test('never expires a backup within the duration, nor one newer than those it keeps', () => {
  fc.assert(
    fc.property(backups, written, rules, (others, ours, kept) => {
      const expired = selectExpired(others, ours, kept, nowMs);
      const left = others.filter((backup) => !expired.includes(backup));
      for (const { takenAtMs } of expired) {
        assert.ok(nowMs - takenAtMs > (kept.keepWithinMs ?? -1));
        assert.ok(left.every((other) => other.takenAtMs >= takenAtMs));
      }
    }),
  );
});

test('keeps at most the number without a duration, plus the one just written', () => {
  fc.assert(
    fc.property(backups, written, fc.integer({ min: 1, max: 12 }), (others, ours, keep) => {
      const left = others.length - selectExpired(others, ours, rule({ keep }), nowMs).length;
      assert.ok(left <= keep);
    }),
  );
});

test('keeps as many as asked of backups that are equal in time and index', () => {
  const others = [old(1), old(1)];
  assert.is(selectExpired(others, old(1), rule({ keep: 2 }), nowMs).length, 1);
});

test('treats the lower index of the same moment as the older one, in any order', () => {
  const [low, high] = [old(1, 999n), old(1, 1001n)];
  for (const others of [
    [low, high],
    [high, low],
  ]) {
    assert.equal(selectExpired(others, old(1), rule({ keep: 2 }), nowMs), [low]);
  }
});

const reasonsOf = (backups: readonly DatedBackup[], kept: Partial<RetentionRule>) =>
  judgeRetention(backups, rule(kept), nowMs).map(({ reason }) => reason);

test('keeps the newest of each of the last days, weeks and months that have any', () => {
  // 25 May 2026 is a Monday, and it is three in the morning.
  const backups = [0, 0.1, 1, 1.2, 8, 9, 30, 60].map((days) => old(days));
  assert.equal(reasonsOf(backups, { keepDaily: 2 }), ['daily', 'expired', 'daily', ...Array(5).fill('expired')]);
  const weekly = ['weekly', 'expired', 'weekly', 'expired', 'weekly', 'expired', 'expired', 'expired'];
  assert.equal(reasonsOf(backups, { keepWeekly: 3 }), weekly);
  const monthly = ['monthly', ...Array(5).fill('expired'), 'monthly', 'monthly'];
  assert.equal(reasonsOf(backups, { keepMonthly: 12 }), monthly);
  assert.equal(reasonsOf(backups.slice(4, 6), { keepDaily: 1, keep: 1, keepWithinMs: 9 * dayMs }), [
    'number',
    'within',
  ]);
});

test('keeps the newest in any case', () => {
  assert.equal(reasonsOf([old(3), old(2)], { keepWithinMs: dayMs }), ['newest', 'expired']);
});

test('keeps what is dated in the future, and does not count it', () => {
  const minutes = (count: number) => old(-count / 1440);
  assert.equal(reasonsOf([minutes(11), minutes(9), old(1)], { keep: 1 }), ['future', 'number', 'expired']);
});

/** A backup taken `days` ago at a place in the cluster's history. */
const placed = (days: number, snapshotTerm: bigint, snapshotIndex: bigint) => ({
  ...old(days, snapshotIndex),
  snapshotTerm,
});

test('keeps those between which time and raft contradict each other, and does not count them', () => {
  const restored = [placed(1, 2n, 20n), placed(2, 2n, 10n), placed(3, 2n, 15n), placed(4, 2n, 9n), placed(5, 2n, 8n)];
  assert.equal(reasonsOf(restored, { keep: 1 }), ['number', 'contradiction', 'contradiction', 'expired', 'expired']);
});

test('goes by term before index', () => {
  assert.equal(reasonsOf([placed(1, 3n, 1n), placed(2, 2n, 9n)], { keep: 1 }), ['number', 'expired']);
  assert.equal(reasonsOf([placed(1, 2n, 9n), placed(2, 3n, 1n)], { keep: 1 }), ['contradiction', 'contradiction']);
});

test('is a rule only where it asks for anything', () => {
  assert.is(isRule(rule({})), false);
  assert.is(isRule(rule({ keepMonthly: 1 })), true);
});

test.run();
