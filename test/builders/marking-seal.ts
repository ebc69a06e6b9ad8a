import type { RaftStoreSeal } from '../../src/ports/raft-store-seal.js';

/**
 * A seal that hides nothing, but changes every part of a store and says what it was bound to: what a test needs in order to see
 * that each part went through it, once.
 */
export const markingSeal: RaftStoreSeal = {
  async *sealState(state, { id, index, term, configurationIndex, servers }) {
    const names = servers.map(({ id: name, address }) => `${name}@${address}`);
    yield Buffer.from(`<${[id, index, term, configurationIndex, ...names].join(' ')}|`);
    for await (const piece of state) yield Buffer.from(piece).map((byte) => byte ^ 0xff);
    yield Buffer.from('>');
  },
  sealEntry: ({ index, term, type, data, extensions }) => ({
    data: Buffer.concat([Buffer.from(`<${index} ${term} ${type} ${extensions.length}|`), data, Buffer.from('>')]),
    extensions: Buffer.from('marked'),
  }),
  stableValues: () => new Map([['jaco:marked', Buffer.from('proof')]]),
};
