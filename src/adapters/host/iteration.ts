/**
 * An iteration that calls `next` for each step, but not again after it reports that it is done; it calls `close` if the
 * iteration ends early. Use it where large pieces pass: a generator keeps the last piece that it yielded while it waits
 * for the next, and one that V8 has optimized may keep a far older one, so memory would grow with the number of
 * generators in the chain (docs/performance.md).
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
