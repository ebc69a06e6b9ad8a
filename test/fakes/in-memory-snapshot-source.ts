import { JacoError, stopIfInterrupted } from '../../src/domain/errors.js';
import type { SnapshotSource } from '../../src/ports/snapshot-source.js';

/** What a cluster does when it is asked for a backup. */
export interface ScriptedBackup {
  /** What it sends, at the consumer's pace. */
  readonly pieces: Iterable<Uint8Array>;
  /** And then: the end, an error of its own, a broken connection, or nothing more. `absent`: there is no cluster. */
  readonly ending: 'end' | 'refuse' | 'break' | 'hang' | 'absent';
}

/** The error of `refuse`. */
export const scriptedRefusal = { code: 'backup_failed', message: 'the disk is on fire' } as const;

/** A {@link SnapshotSource} without a network, and what was asked of it. */
export interface InMemorySnapshotSource extends SnapshotSource {
  readonly seen: { calls: number; ended: number };
}

/** Keeps its promises as the contract suite states them. `deadlineMs` bounds one stream. */
export function createInMemorySnapshotSource(script: ScriptedBackup, deadlineMs: number): InMemorySnapshotSource {
  const seen = { calls: 0, ended: 0 };
  return {
    seen,
    async *open(signal) {
      stopIfInterrupted(signal);
      if (script.ending === 'absent') throw new JacoError('connection_failed', 'nobody answers.');
      seen.calls += 1;
      try {
        for (const piece of script.pieces) {
          if (piece.length > 0) yield piece;
          stopIfInterrupted(signal);
        }
        if (script.ending === 'hang') await untilStopped(deadlineMs, signal);
      } finally {
        seen.ended += 1;
      }
      if (script.ending === 'end') return;
      throw failures[script.ending]();
    },
  };
}

const failures = {
  refuse: () =>
    new JacoError('daemon_refused', `${scriptedRefusal.code}: ${scriptedRefusal.message}`, {
      details: { daemonCode: scriptedRefusal.code },
    }),
  break: () => new JacoError('stream_broken', 'the connection broke.'),
  hang: () => new JacoError('deadline_exceeded', 'the stream did not end in time.'),
} as const;

/** Waits for the deadline. @throws interrupted  when the signal fires first */
export async function untilStopped(deadlineMs: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, deadlineMs);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  stopIfInterrupted(signal);
}
