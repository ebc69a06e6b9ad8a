import type { AuditEvent } from '../../src/domain/cluster/audit-event.js';
import type { ClusterStatus } from '../../src/domain/cluster/cluster-status.js';
import { JacoError, stopIfInterrupted } from '../../src/domain/errors.js';
import type { ClusterView } from '../../src/ports/cluster-view.js';
import { scriptedRefusal, untilStopped } from './in-memory-snapshot-source.js';

/** What a cluster reports, and how a call ends after that. */
export interface ScriptedCluster {
  readonly status: ClusterStatus;
  /** The whole audit log, oldest first. */
  readonly events: readonly AuditEvent[];
  /** As in ScriptedBackup; anything but `end` also takes the place of a status. */
  readonly ending: 'end' | 'refuse' | 'break' | 'hang' | 'absent';
}

/** A {@link ClusterView} without a network, and how often it was asked. */
export interface InMemoryClusterView extends ClusterView {
  readonly seen: { calls: number };
}

/** Keeps its promises as the contract suite states them. `deadlineMs` bounds each call. */
export function createInMemoryClusterView(script: ScriptedCluster, deadlineMs: number): InMemoryClusterView {
  const seen = { calls: 0 };

  function begin(signal: AbortSignal): void {
    stopIfInterrupted(signal);
    if (script.ending === 'absent') throw new JacoError('connection_failed', 'nobody answers.');
    seen.calls += 1;
  }

  async function end(signal: AbortSignal): Promise<void> {
    switch (script.ending) {
      case 'refuse':
        throw new JacoError('daemon_refused', `${scriptedRefusal.code}: ${scriptedRefusal.message}`, {
          details: { daemonCode: scriptedRefusal.code },
        });
      case 'break':
        throw new JacoError('stream_broken', 'the connection broke.');
      case 'hang':
        await untilStopped(deadlineMs, signal);
        throw new JacoError('deadline_exceeded', 'the call did not end in time.');
    }
  }

  return {
    seen,
    async status(signal) {
      begin(signal);
      await end(signal);
      return script.status;
    },
    async *audit({ types, sinceMs }, signal) {
      begin(signal);
      for (const event of script.events) {
        const isAskedFor =
          (types.length === 0 || types.includes(event.type)) &&
          (sinceMs === undefined || Date.parse(event.timestamp) >= sinceMs);
        if (isAskedFor) yield event;
        stopIfInterrupted(signal);
      }
      await end(signal);
    },
  };
}
