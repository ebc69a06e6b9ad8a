import { ContainerModule } from 'inversify';
import { createGrpcClusterView } from '../../adapters/grpc/grpc-cluster-view.js';
import { createGrpcSnapshotSource } from '../../adapters/grpc/grpc-snapshot-source.js';
import { Port, Setting } from './identifiers.js';

/** A daemon, over gRPC. */
export const grpcModule = new ContainerModule(({ bind }) => {
  bind(Port.SnapshotSource).toResolvedValue(createGrpcSnapshotSource, [Setting.Connection, Setting.BackupDeadlineMs]);
  bind(Port.ClusterView).toResolvedValue(createGrpcClusterView, [Setting.Connection, Setting.QuestionDeadlineMs]);
});

/** A further daemon of the same cluster, and whoever listens on a socket. */
export const clusterViewOf = createGrpcClusterView;
export const snapshotSourceOf = createGrpcSnapshotSource;
