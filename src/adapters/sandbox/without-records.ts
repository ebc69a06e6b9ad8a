import { walkSnapshot } from '../../domain/state/snapshot-content.js';

/** A range of a state's bytes; the end is exclusive. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** Decides which records of a state to remove. */
export interface RecordFilter {
  /** Whether to check records of this field. */
  wants(field: number): boolean;
  /** Whether to remove this record; `content` is its encoding. */
  isGone(field: number, content: Uint8Array): boolean;
}

/**
 * A state without some of its records, the rest byte for byte. `open` must return the same state twice: the decision
 * about a record needs its last byte.
 */
export async function* withoutRecords(
  open: () => AsyncIterable<Uint8Array>,
  filter: RecordFilter,
): AsyncGenerator<Uint8Array, void, undefined> {
  const gone = await findGone(open(), filter);
  let position = 0;
  for await (const bytes of open()) {
    let kept = 0;
    for (const { start, end } of gone) {
      const [from, to] = [start - position, end - position];
      if (to <= 0 || from >= bytes.length) continue;
      if (from > kept) yield bytes.subarray(kept, from);
      kept = Math.min(to, bytes.length);
    }
    if (kept < bytes.length) yield bytes.subarray(kept);
    position += bytes.length;
  }
}

/** The ranges of removed records, in the order of the state; adjacent ones are merged. */
async function findGone(state: AsyncIterable<Uint8Array>, { wants, isGone }: RecordFilter): Promise<readonly Span[]> {
  const gone: Span[] = [];
  let position = 0;
  const walk = walkSnapshot({
    wants,
    visit(field, encodedBytes, content) {
      const start = position;
      position += encodedBytes;
      if (!wants(field) || content === undefined || !isGone(field, content)) return;
      const before = gone.at(-1)?.end === start ? gone.pop() : undefined;
      gone.push({ start: before?.start ?? start, end: position });
    },
  });
  for await (const bytes of state) walk.feed(bytes);
  return gone;
}
