/** The values of jaco.v1.AuditEventType that this program writes. */
export const auditEventNumbers = {
  apply: 1,
  nodeJoin: 4,
  nodeRemove: 5,
  tokenIssue: 6,
  certificateIssued: 8,
  isolationUnavailable: 12,
  backupTaken: 13,
  restoreCompleted: 14,
} as const;

/** jaco.v1.NodeStatus. */
export const nodeStatusNumbers = { unspecified: 0, joining: 1, ready: 2, isolationUnavailable: 3 } as const;
