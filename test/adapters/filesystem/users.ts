import type { FileOwner } from '../../../src/domain/restore/raft-store-seed.js';

/** The user who runs the tests. */
export const ourselves: FileOwner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

/** Whether the tests may give files away and read everything. */
export const isRoot = ourselves.uid === 0;

/** A user to whom files can be given: another one where root runs the tests, else the user itself. */
export const somebodyElse: FileOwner = isRoot ? { uid: 4711, gid: 4712 } : ourselves;
