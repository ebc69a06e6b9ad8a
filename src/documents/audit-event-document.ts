import type { AuditEvent } from '../domain/cluster/audit-event.js';

/** An event of the audit log as data for a program. */
export function auditEventDocument({ raftIndex, type, identity, timestamp, payload }: AuditEvent) {
  return { raft_index: raftIndex, type, identity, timestamp, payload };
}
