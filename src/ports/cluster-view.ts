import type { AuditEvent, AuditQuery } from '../domain/cluster/audit-event.js';
import type { ClusterStatus } from '../domain/cluster/cluster-status.js';

/**
 * What a running daemon reports about its cluster. Both calls raise `daemon_refused`, `connection_failed`,
 * `tls_untrusted`, `deadline_exceeded`, `stream_broken` and `interrupted` as the snapshot source does.
 */
export interface ClusterView {
  /** The cluster as the asked node sees it. Needs no token. */
  status(signal: AbortSignal): Promise<ClusterStatus>;
  /** The audit events that match, oldest first, streamed. */
  audit(query: AuditQuery, signal: AbortSignal): AsyncIterable<AuditEvent>;
}
