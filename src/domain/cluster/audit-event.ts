/** One entry of the cluster's audit log. */
export interface AuditEvent {
  /** The raft log index at which it was recorded, uint64. */
  readonly raftIndex: bigint;
  /** The daemon's name without its prefix, for example "RESTORE_COMPLETED"; "TYPE_<n>" for an unknown number. */
  readonly type: string;
  /** Who did it: a token's identity, a node, or the local socket. */
  readonly identity: string;
  /** RFC 3339, UTC. */
  readonly timestamp: string;
  readonly payload: Readonly<Record<string, string>>;
}

/** The requested events. */
export interface AuditQuery {
  /** Names as in {@link AuditEvent.type}; empty means all. */
  readonly types: readonly string[];
  /** Milliseconds since 1970: only events at or after it. */
  readonly sinceMs?: number;
}

/** The audit event types of the daemon, by number (jaco.v1.AuditEventType; 22 is reserved). */
export const auditEventTypes: ReadonlyMap<number, string> = new Map([
  [0, 'UNSPECIFIED'],
  [1, 'APPLY'],
  [2, 'DELETE'],
  [3, 'ROLLBACK'],
  [4, 'NODE_JOIN'],
  [5, 'NODE_REMOVE'],
  [6, 'TOKEN_ISSUE'],
  [7, 'TOKEN_REVOKE'],
  [8, 'CERTIFICATE_ISSUED'],
  [9, 'CERTIFICATE_RENEWED'],
  [10, 'CERTIFICATE_FAILED'],
  [11, 'ISOLATION_RULESET_RECONCILED'],
  [12, 'ISOLATION_UNAVAILABLE'],
  [13, 'BACKUP_TAKEN'],
  [14, 'RESTORE_COMPLETED'],
  [15, 'UPGRADE_SUCCEEDED'],
  [16, 'UPGRADE_FAILED'],
  [17, 'ROLLOUT_INVARIANT_HOLD'],
  [18, 'REGISTRY_CREDENTIAL_UPSERT'],
  [19, 'REGISTRY_CREDENTIAL_REMOVE'],
  [20, 'PRIVILEGED_WORKLOAD_ADMITTED'],
  [21, 'REBALANCE_MOVED'],
  [23, 'REBALANCE_SKIPPED'],
]);
