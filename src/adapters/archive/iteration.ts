/**
 * An iteration whose every step is a call of `next`; `close` is called when it ends early. For the ways that large pieces
 * pass: a generator keeps the piece that it handed on last while it waits for the next, and one that V8 has optimized
 * may keep a far older one, so that memory would grow with the number of generators on the way (docs/performance.md).
 */
export function iterationOf<Item>(
  next: () => Promise<IteratorResult<Item, void>>,
  close: () => Promise<unknown>,
): AsyncIterable<Item> {
  const iterator: AsyncIterator<Item, void, undefined> = {
    next,
    async return() {
      await close();
      return { value: undefined, done: true };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
