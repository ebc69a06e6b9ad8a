import { ContainerModule } from 'inversify';
import { createGrpcClusterView } from '../adapters/grpc/grpc-cluster-view.js';
import { createGrpcSnapshotSource } from '../adapters/grpc/grpc-snapshot-source.js';
import { Port, Setting } from './identifiers.js';

/** A daemon, over gRPC. */
export const grpcModule = new ContainerModule(({ bind }) => {
  bind(Port.SnapshotSource).toResolvedValue(createGrpcSnapshotSource, [Setting.Connection, Setting.BackupDeadlineMs]);
  bind(Port.ClusterView).toResolvedValue(createGrpcClusterView, [Setting.Connection, Setting.QuestionDeadlineMs]);
});

/** Queries the daemon that listens on a socket. */
export const clusterViewOf = createGrpcClusterView;
/** Another node of the same cluster as the source of a backup. */
export const snapshotSourceOf = createGrpcSnapshotSource;
