import type { LogContent } from '../../ports/raft-store-seal.js';
import { logEntryTypeNumber } from '../raft/log-entry.js';
import { encodeSnapshotName, type SnapshotMeta } from '../raft/snapshot-meta.js';

/**
 * The purpose of an envelope, to which it is bound: an envelope that was moved to another place does not open there
 * (internal/controlplane/seal and its callers, September 2026).
 */
export type Purpose = Uint8Array;

/** A protobuf Command, before it enters raft. */
export const raftCommand: Purpose = Buffer.from('raft-command');
/** The protobuf FSMSnapshot. */
export const raftSnapshot: Purpose = Buffer.from('raft-snapshot');
/** The proof of the ring in the stable store of log.db. */
export const raftFormat: Purpose = Buffer.from('raft-format');

/** state.bin on a disk, around {@link raftSnapshot}: bound to the snapshot's facts in its meta.json. */
export function raftSnapshotFile(name: Omit<SnapshotMeta, 'sizeBytes' | 'crc'>): Purpose {
  return Buffer.concat([Buffer.from('raft-snapshot-file:'), encodeSnapshotName(name)]);
}

/** A log entry on a disk: bound to its place in the log. */
export function raftLogFile({ index, term, type }: Pick<LogContent, 'index' | 'term' | 'type'>): Purpose {
  return Buffer.from(`raft-log-file:${index}:${term}:${logEntryTypeNumber(type)}`);
}

/** snapshot.bin in an archive, around {@link raftSnapshot}: bound to the exact bytes of the archive's meta.json. */
export function backupSnapshot(metadataBytes: Uint8Array): Purpose {
  return Buffer.concat([Buffer.from('backup-snapshot:'), metadataBytes]);
}
