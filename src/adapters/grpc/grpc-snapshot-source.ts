import type { SnapshotSource } from '../../ports/snapshot-source.js';
import { calls } from '../contract/contract.js';
import { callDaemon } from './call.js';
import type { DaemonConnection } from './connection.js';

/** Asks a daemon for its backup (jaco.v1.Cluster.Backup). `deadlineMs` bounds the whole stream. */
export function createGrpcSnapshotSource(connection: DaemonConnection, deadlineMs: number): SnapshotSource {
  return {
    async *open(signal) {
      for await (const { data } of callDaemon({ connection, deadlineMs }, calls.backup, {}, signal)) {
        if (data.length > 0) yield data;
      }
    },
  };
}
