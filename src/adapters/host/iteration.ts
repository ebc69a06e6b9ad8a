/**
 * An iteration whose every step is a call of `next`, which is not called again once it has said that it is done; `close` is
 * called when the iteration ends early. For the ways that large pieces pass: a generator keeps the piece that it handed on
 * last while it waits for the next, and one that V8 has optimized may keep a far older one, so that memory would grow with
 * the number of generators on the way (docs/performance.md).
 */
export function iterationOf<Item>(
  next: () => Promise<IteratorResult<Item, void>>,
  close: () => Promise<unknown>,
): AsyncIterable<Item> {
  let ended: IteratorReturnResult<void> | undefined;
  const iterator: AsyncIterator<Item, void, undefined> = {
    async next() {
      if (ended !== undefined) return ended;
      const step = await next();
      if (step.done === true) ended = step;
      return step;
    },
    async return() {
      ended = { value: undefined, done: true };
      await close();
      return ended;
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
