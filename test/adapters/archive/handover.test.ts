import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createHandover } from '../../../src/adapters/archive/handover.js';

const test = suite('a handover');

/** Lets everything happen that is ready to happen. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Notes the result of `pending`, so that a test can see that it is still open. */
function watched<Value>(pending: Promise<Value>): { value: Value | 'open' } {
  const seen: { value: Value | 'open' } = { value: 'open' };
  void pending.then((value) => {
    seen.value = value;
  });
  return seen;
}

test('passes items in the order of the offers, and then ends', async () => {
  const { offer, end, items } = createHandover<number>();
  const taken: number[] = [];
  const taking = (async () => {
    for await (const item of items) taken.push(item);
  })();
  for (const item of [1, 2, 3]) assert.is(await offer(item), true);
  end();
  await taking;
  assert.equal(taken, [1, 2, 3]);
});

test('keeps an offer waiting until it is taken', async () => {
  const { offer, items } = createHandover<number>();
  const offered = watched(offer(1));
  await settled();
  assert.is(offered.value, 'open');
  const taker = items[Symbol.asyncIterator]();
  assert.equal(await taker.next(), { value: 1, done: false });
  await settled();
  assert.is(offered.value, true);
});

test('keeps the next offer waiting until the item before has been dealt with', async () => {
  const { offer, items } = createHandover<number>();
  const taker = items[Symbol.asyncIterator]();
  const first = taker.next();
  await offer(1);
  await first;
  const second = watched(offer(2));
  await settled();
  assert.is(second.value, 'open');
  await taker.next();
  await settled();
  assert.is(second.value, true);
});

test('still yields an item that was offered before the end', async () => {
  const { offer, end, items } = createHandover<number>();
  const offered = offer(1);
  end();
  const taken: number[] = [];
  for await (const item of items) taken.push(item);
  assert.equal(taken, [1]);
  assert.is(await offered, true);
});

test('ends at once for a taker who comes after the end', async () => {
  const { end, items } = createHandover<number>();
  end();
  assert.equal(await items[Symbol.asyncIterator]().next(), { value: undefined, done: true });
});

test('takes no offer after the end', async () => {
  const { offer, end } = createHandover<number>();
  end();
  assert.is(await offer(1), false);
});

test('refuses the waiting offer and every later one when it is stopped', async () => {
  const { offer, stop } = createHandover<number>();
  const waiting = offer(1);
  stop();
  assert.is(await waiting, false);
  assert.is(await offer(2), false);
});

test('wakes a waiting taker when it is stopped or ended', async () => {
  for (const how of ['stop', 'end'] as const) {
    const handover = createHandover<number>();
    const waiting = handover.items[Symbol.asyncIterator]().next();
    await settled();
    handover[how]();
    assert.equal(await waiting, { value: undefined, done: true });
  }
});

test('yields no item once it is stopped, even after an end', async () => {
  const { offer, end, stop, items } = createHandover<number>();
  const waiting = offer(1);
  end();
  stop();
  assert.is(await waiting, false);
  assert.equal(await items[Symbol.asyncIterator]().next(), { value: undefined, done: true });
});

test('stays stopped when it is ended afterwards', async () => {
  const { offer, end, stop, items } = createHandover<number>();
  const waiting = offer(1);
  stop();
  end();
  assert.is(await waiting, false);
  assert.equal(await items[Symbol.asyncIterator]().next(), { value: undefined, done: true });
});

test('refuses offers once the taker has gone', async () => {
  const { offer, items } = createHandover<number>();
  const taking = (async () => {
    for await (const _ of items) break;
  })();
  assert.is(await offer(1), true);
  await taking;
  assert.is(await offer(2), false);
});

test('refuses the waiting offer when the taker throws', async () => {
  const { offer, items } = createHandover<number>();
  const taking = (async () => {
    for await (const item of items) if (item === 1) throw new Error('no more');
  })();
  await offer(1);
  const second = offer(2);
  await taking.catch(() => undefined);
  assert.is(await second, false);
});

test.run();
