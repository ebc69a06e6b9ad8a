import type { ArchiveSummary, ArchiveVerifier } from '../ports/archive-verifier.js';
import type { ArchiveWriter, StoredArchive } from '../ports/archive-writer.js';
import type { ClusterView } from '../ports/cluster-view.js';
import type { SnapshotSource } from '../ports/snapshot-source.js';
import { leaderOf } from './cluster-status.js';
import { isJacoError, JacoError } from './errors.js';
import { printable } from './printable-text.js';
import { restorableSchema } from './snapshot-metadata.js';

/** What a backup works with. */
export interface BackupPorts {
  readonly source: SnapshotSource;
  readonly cluster: ClusterView;
  readonly verifier: ArchiveVerifier;
  readonly writer: ArchiveWriter;
}

/** A backup that is on stable storage. */
export interface BackupOutcome extends StoredArchive, ArchiveSummary {
  readonly warnings: readonly string[];
}

/**
 * Takes a backup: the cluster's archive flows through verification into the file, byte for byte as it was sent. The
 * file appears only when all of it was found good and is durable.
 * @throws every error of the ports; `no_leader` of a follower is told with the leader's name where the cluster knows it
 */
export async function takeBackup(ports: BackupPorts, destination: string, signal: AbortSignal): Promise<BackupOutcome> {
  const passage = ports.verifier.verify(ports.source.open(signal));
  try {
    const stored = await ports.writer.write(destination, passage.bytes, signal);
    const summary = passage.summary();
    return { ...stored, ...summary, warnings: schemaWarnings(summary) };
  } catch (error) {
    throw isJacoError(error, 'daemon_refused') && error.details['daemonCode'] === 'no_leader'
      ? await namingTheLeader(error, ports.cluster, signal)
      : error;
  }
}

function schemaWarnings(summary: ArchiveSummary): string[] {
  const schema = summary.metadata.schemaVersion;
  if (schema === restorableSchema) return [];
  return [
    `the archive has schema ${schema}, written by a newer daemon: its outer form was verified, but this version of jaco cannot restore it`,
  ];
}

/** A follower was asked: its own view of the cluster may tell whom to ask instead. Asking must not hide the first error. */
async function namingTheLeader(refusal: JacoError, cluster: ClusterView, signal: AbortSignal): Promise<JacoError> {
  try {
    const status = await cluster.status(signal);
    if (status.leader === '') return refusal;
    const leader = leaderOf(status);
    const name = leader === undefined ? status.leader : `${leader.hostname} (${leader.grpcAddress || leader.address})`;
    const server = leader?.grpcAddress ? printable(leader.grpcAddress, 300) : 'its gRPC address';
    return new JacoError('daemon_refused', `${refusal.message}; the leader is ${printable(name, 400)}`, {
      nextStep: `Ask it with --server ${server}.`,
      details: { ...refusal.details, leader: status.leader },
      cause: refusal,
    });
  } catch {
    return refusal;
  }
}
