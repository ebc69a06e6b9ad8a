import type { AuditEvent } from '../domain/cluster/audit-event.js';

/** One entry of the audit log for a program. */
export interface AuditEventDocument {
  readonly raft_index: bigint;
  /** The daemon's name without its prefix, for example "RESTORE_COMPLETED". */
  readonly type: string;
  readonly identity: string;
  /** RFC 3339, UTC; empty if the daemon gives no time. */
  readonly timestamp: string;
  readonly payload: Readonly<Record<string, string>>;
}

/** One entry of the audit log as data for a program. */
export function auditEventDocument({ raftIndex, type, identity, timestamp, payload }: AuditEvent): AuditEventDocument {
  return { raft_index: raftIndex, type, identity, timestamp, payload };
}
