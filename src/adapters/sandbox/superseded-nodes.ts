import { stateFields, walkSnapshot } from '../../domain/snapshot-content.js';
import { messages } from '../contract/contract.js';

/** Bytes of a state, from the first to the one after the last. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * A state without those records of nodes that a later record of the same node replaces: pieces that were appended to
 * it repeat a node to change it, and the daemon's own snapshots have each node once. `open` gives the same state twice.
 */
export async function* withoutSupersededNodes(
  open: () => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const superseded = await findSuperseded(open());
  let position = 0;
  for await (const bytes of open()) {
    let kept = 0;
    for (const { start, end } of superseded) {
      const [from, to] = [start - position, end - position];
      if (to <= 0 || from >= bytes.length) continue;
      if (from > kept) yield bytes.subarray(kept, from);
      kept = Math.min(to, bytes.length);
    }
    if (kept < bytes.length) yield bytes.subarray(kept);
    position += bytes.length;
  }
}

/** Where they are, in the order of the state. */
async function findSuperseded(state: AsyncIterable<Uint8Array>): Promise<readonly Span[]> {
  const latest = new Map<string, Span>();
  const superseded: Span[] = [];
  let position = 0;
  const walk = walkSnapshot({
    wants: (field) => field === stateFields.nodes,
    visit(field, encodedBytes, content) {
      const span = { start: position, end: position + encodedBytes };
      position = span.end;
      if (field !== stateFields.nodes || content === undefined) return;
      const { hostname } = messages.node.decode(content);
      const before = latest.get(hostname);
      if (before !== undefined) superseded.push(before);
      latest.set(hostname, span);
    },
  });
  for await (const bytes of state) walk.feed(bytes);
  return superseded.sort((a, b) => a.start - b.start);
}
