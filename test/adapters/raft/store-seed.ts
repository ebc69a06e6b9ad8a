import { unsealed } from '../../../src/domain/archive/archive-schema.js';
import type { FileOwner, RaftStoreSeed } from '../../../src/domain/restore/raft-store-seed.js';

/** A signal that does not fire. */
export const never: AbortSignal = new AbortController().signal;
/** The user who runs the tests. */
export const ourselves: FileOwner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
/** The name of the snapshot. */
export const id = '7-1000-1795539891344';

/** The seed of a restored store in `dataDirectory`. */
export const seedFor = (dataDirectory: string, owner?: FileOwner): RaftStoreSeed => ({
  dataDirectory,
  snapshotId: id,
  index: 1000n,
  term: 7n,
  configurationIndex: 1n,
  voter: { id: 'recovered', address: '10.0.0.7:7001' },
  seal: unsealed,
  owner,
});

/** Its snapshot. */
export async function* snapshot(): AsyncGenerator<Uint8Array, void, undefined> {
  yield Buffer.from('state');
}
