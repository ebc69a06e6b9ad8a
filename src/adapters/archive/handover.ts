/** Passes items from one running function to another, one at a time. */
export interface Handover<Item> {
  /** Resolves to true when the item has been taken, to false when the taking side has stopped. */
  offer(item: Item): Promise<boolean>;
  /** No more items will come. */
  end(): void;
  /** The taking side has stopped; every offer resolves to false. */
  stop(): void;
  /** The taking side; may be iterated once. */
  readonly items: AsyncIterable<Item>;
}

/** A handover without a buffer: an offer resolves once its item has been consumed. */
export function createHandover<Item>(): Handover<Item> {
  let offered: { readonly item: Item; readonly taken: (accepted: boolean) => void } | undefined;
  let state: 'open' | 'ended' | 'stopped' = 'open';
  let wake: (() => void) | undefined;

  function finish(next: 'ended' | 'stopped'): void {
    if (state !== 'stopped') state = next;
    wake?.();
    if (state === 'stopped') offered?.taken(false);
  }

  async function* take(): AsyncGenerator<Item, void, undefined> {
    try {
      for (;;) {
        if (state === 'stopped') return;
        if (offered !== undefined) {
          const { item, taken } = offered;
          offered = undefined;
          taken(true);
          yield item;
        } else if (state === 'ended') {
          return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          wake = undefined;
        }
      }
    } finally {
      finish('stopped');
    }
  }

  return {
    offer(item) {
      if (state !== 'open') return Promise.resolve(false);
      return new Promise((resolve) => {
        offered = { item, taken: resolve };
        wake?.();
      });
    },
    end: () => finish('ended'),
    stop: () => finish('stopped'),
    items: take(),
  };
}
