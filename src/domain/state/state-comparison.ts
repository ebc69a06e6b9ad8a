import type { ContentDigest } from '../../ports/content-digest.js';
import { createRecordContentReader } from './record-content.js';
import { createRecordNameReader } from './record-name.js';
import { type SnapshotVisitor, stateFields } from './snapshot-content.js';
import { kindPosition, type StateKind, stateKinds } from './state-kinds.js';

/** How the records of one kind differ. */
export interface KindDifference {
  readonly kind: StateKind;
  readonly oldCount: number;
  readonly newCount: number;
  readonly added: number;
  readonly removed: number;
  /**
   * Records with the same name and different content; for kinds without names a change counts as one removed and one
   * added.
   */
  readonly changed: number;
  /** Their names, each list sorted; undefined for kinds whose records have no names. */
  readonly names: NameDifference | undefined;
}

/** Names by kind of change. A record without a name counts as one with an empty name. */
export interface NameDifference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/** Two states that are being compared. */
export interface StateComparison {
  /** Takes in the whole old state, and then the new one. */
  visitor(side: Side): SnapshotVisitor;
  /** Every kind, in the order of {@link stateKinds}. */
  differences(): readonly KindDifference[];
}

/** Which of the two states. */
export type Side = 'old' | 'new';

/** What has been seen of one kind: only digests of records, and their names if they have names. */
interface Ledger {
  readonly counts: Record<Side, number>;
  /** How many more records with a digest the old state had; equal states leave no entry. */
  readonly balance: Map<string, number>;
  readonly named: Map<string, Partial<Record<Side, string>>> | undefined;
}

/** The kinds whose records are reported by name. */
const namedFields: readonly number[] = [stateFields.nodes, stateFields.deployments, stateFields.tokens];

/** Starts to compare. Memory grows with the number of records, not with their size. */
export function compareStates(digests: ContentDigest): StateComparison {
  const ledgers = stateKinds.map(
    ({ field }): Ledger => ({
      counts: { old: 0, new: 0 },
      balance: new Map(),
      named: namedFields.includes(field) ? new Map() : undefined,
    }),
  );
  return {
    visitor: (side) => recordingVisitor(digests, ledgers, side),
    differences: () => stateKinds.map((kind, position) => differenceOf(kind, ledgers[position] as Ledger)),
  };
}

function recordingVisitor(digests: ContentDigest, ledgers: readonly Ledger[], side: Side): SnapshotVisitor {
  const name = createRecordNameReader();
  const content = createRecordContentReader(digests);
  return {
    wants: () => false,
    pass(field, piece) {
      content.take(piece);
      if (namedFields.includes(field)) name.take(piece);
    },
    visit(field) {
      const { counts, balance, named } = ledgers[kindPosition(field)] as Ledger;
      // Every record passes before it is visited, even an empty one.
      const found = content.end(field);
      counts[side] += 1;
      if (named === undefined) settle(balance, found, side === 'old' ? 1 : -1);
      else enter(named, name.end(), side, found);
    },
  };
}

function settle(balance: Map<string, number>, digest: string, step: 1 | -1): void {
  const after = (balance.get(digest) ?? 0) + step;
  if (after === 0) balance.delete(digest);
  else balance.set(digest, after);
}

/** Two records with one name in one state, which no daemon writes, count as one. */
function enter(named: Map<string, Partial<Record<Side, string>>>, name: string, side: Side, digest: string): void {
  const known = named.get(name) ?? {};
  known[side] = (known[side] ?? '') + digest;
  named.set(name, known);
}

function differenceOf(kind: StateKind, { counts, balance, named }: Ledger): KindDifference {
  const base = { kind, oldCount: counts.old, newCount: counts.new };
  if (named === undefined) {
    const steps = [...balance.values()];
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + Math.abs(value), 0);
    const added = sum(steps.filter((step) => step < 0));
    const removed = sum(steps.filter((step) => step > 0));
    return { ...base, added, removed, changed: 0, names: undefined };
  }
  const entries = [...named].sort(([a], [b]) => (a < b ? -1 : 1));
  const namesOf = (applies: (sides: Partial<Record<Side, string>>) => boolean) =>
    entries.filter(([, sides]) => applies(sides)).map(([name]) => name);
  const names = {
    added: namesOf((sides) => sides.old === undefined),
    removed: namesOf((sides) => sides.new === undefined),
    changed: namesOf((sides) => sides.old !== undefined && sides.new !== undefined && sides.old !== sides.new),
  };
  const { added, removed, changed } = names;
  return { ...base, added: added.length, removed: removed.length, changed: changed.length, names };
}
