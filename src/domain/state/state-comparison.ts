import type { ContentDigest } from '../../ports/content-digest.js';
import { createKeyTable } from './key-table.js';
import { createRecordContentReader, type RecordContentReader } from './record-content.js';
import { createRecordNameReader, nameText, type RecordNameReader } from './record-name.js';
import { createRecordRows, type RecordRows } from './record-rows.js';
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

/** What has been seen of one kind: for each record so many bytes, however large it is. */
interface Ledger {
  readonly counts: Record<Side, number>;
  take(side: Side, name: RecordNameReader, content: RecordContentReader, field: number): void;
  changes(): Omit<KindDifference, 'kind' | 'oldCount' | 'newCount'>;
}

/** The kinds whose records are reported by name. */
const namedFields: readonly number[] = [stateFields.nodes, stateFields.deployments, stateFields.tokens];

/**
 * Of a record's digest so many bytes are kept. Two of n records are taken for one by accident with a probability of
 * n^2 / 2^129: 10^-25 for ten million. 128 bits alone would let the author of two archives look for two records with one
 * digest, in 2^64 trials; the salt, which is new for each comparison and leaves it in no form, takes that away.
 */
const keptBytes = 16;

/**
 * Starts to compare. Memory grows with the number of records, not with their size. `salt` are {@link saltBytes} random
 * bytes.
 */
export function compareStates(digests: ContentDigest, salt: Uint8Array): StateComparison {
  const seed = new DataView(salt.buffer, salt.byteOffset).getInt32(0);
  const ledgers = stateKinds.map(({ field }) => (namedFields.includes(field) ? namedLedger(seed) : plainLedger(seed)));
  return {
    visitor: (side) => recordingVisitor(createRecordContentReader(digests, salt), ledgers, side),
    differences: () =>
      stateKinds.map((kind, position) => {
        const { counts, changes } = ledgers[position] as Ledger;
        return { kind, oldCount: counts.old, newCount: counts.new, ...changes() };
      }),
  };
}

function recordingVisitor(content: RecordContentReader, ledgers: readonly Ledger[], side: Side): SnapshotVisitor {
  const name = createRecordNameReader();
  return {
    wants: () => false,
    pass(field, piece) {
      content.take(piece);
      if (namedFields.includes(field)) name.take(piece);
    },
    visit(field) {
      // Every record passes before it is visited, even an empty one.
      const ledger = ledgers[kindPosition(field)] as Ledger;
      ledger.counts[side] += 1;
      ledger.take(side, name, content, field);
    },
  };
}

/** Records without names: how many more with a digest the old state had. */
function plainLedger(seed: number): Ledger {
  const digests = createKeyTable(seed);
  const balance = createRecordRows(1, (length) => new Int32Array(length));
  const found = new Uint8Array(keptBytes);
  return {
    counts: { old: 0, new: 0 },
    take(side, _name, content, field) {
      keep(content.end(field), found);
      const row = balance.at(digests.numberOf(found));
      row[0] = (row[0] as number) + (side === 'old' ? 1 : -1);
    },
    changes() {
      let added = 0;
      let removed = 0;
      for (let number = 0; number < digests.size(); number += 1) {
        const [more] = balance.at(number) as unknown as [number];
        if (more < 0) added -= more;
        else removed += more;
      }
      return { added, removed, changed: 0, names: undefined };
    },
  };
}

/**
 * Records with names: the digest of each in either state; zeros where it is missing. Two records with one name in one
 * state, which no daemon writes, count as one: the digest of the later one is also of the earlier one's.
 */
function namedLedger(seed: number): Ledger {
  const names = createKeyTable(seed);
  const digests = { old: digestRows(), new: digestRows() };
  return {
    counts: { old: 0, new: 0 },
    take(side, name, content, field) {
      const digest = digests[side].at(names.numberOf(comparable(name.end())));
      keep(content.end(field, digest), digest);
    },
    changes() {
      const lists = { added: [] as string[], removed: [] as string[], changed: [] as string[] };
      for (let number = 0; number < names.size(); number += 1) {
        const before = digests.old.at(number);
        const after = digests.new.at(number);
        if (before.every((byte, at) => byte === after[at])) continue;
        const isIn = (digest: Uint8Array) => digest.some((byte) => byte !== 0);
        const list = isIn(before) ? (isIn(after) ? lists.changed : lists.removed) : lists.added;
        list.push(nameText(names.keyAt(number)));
      }
      for (const list of Object.values(lists)) list.sort((a, b) => (a < b ? -1 : 1));
      const { added, removed, changed } = lists;
      return { added: added.length, removed: removed.length, changed: changed.length, names: lists };
    },
  };
}

function digestRows(): RecordRows<Uint8Array> {
  return createRecordRows(keptBytes, (length) => new Uint8Array(length));
}

/** The first bytes of a digest, which is in hexadecimal. */
function keep(digest: string, kept: Uint8Array): void {
  for (let byte = 0; byte < keptBytes; byte += 1) {
    kept[byte] = digitAt(digest, 2 * byte) * 16 + digitAt(digest, 2 * byte + 1);
  }
}

/** The value of a hexadecimal digit: '0' to '9' end in the bits of theirs, 'a' to 'f' in 1 to 6. */
function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return (code & 15) + (code >> 6) * 9;
}

/** Names are compared as they are shown: bytes that are no text are all the same. */
function comparable(name: Uint8Array): Uint8Array {
  return name.every((byte) => byte < 0x80) ? name : new TextEncoder().encode(nameText(name));
}
