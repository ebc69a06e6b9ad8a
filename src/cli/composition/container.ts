import 'reflect-metadata';
import { Container, ContainerModule } from 'inversify';
import type { ArchiveLimits } from '../../adapters/archive/archive-limits.js';
import type { DaemonConnection } from '../../adapters/grpc/connection.js';
import type { RunSandbox } from '../../adapters/sandbox/run-sandbox.js';
import type { RestorePorts } from '../../domain/restore-archive.js';
import type { BackupPorts } from '../../domain/take-backup.js';
import type { ClusterView } from '../../ports/cluster-view.js';
import { Machine, Port, Setting } from './identifiers.js';

/*
 * The composition root. Each technology is wired in a module file of its own beside this one, loaded only for the
 * commands that need it, so that `jaco restore` does not pay for gRPC nor `jaco backup` for the raft store.
 */

/** How a cluster is reached, and how long a call to it may take. */
export interface ConnectionSettings {
  readonly connection: DaemonConnection;
  readonly deadlineMs: number;
}

/** The ports of a backup. */
export async function composeBackup(settings: ConnectionSettings, limits: ArchiveLimits): Promise<BackupPorts> {
  const [{ archiveModule }, { fileSystemModule }, { grpcModule }] = await Promise.all([
    import('./archive-module.js'),
    import('./file-system-module.js'),
    import('./grpc-module.js'),
  ]);
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(connectionModule(settings), limitsModule(limits), archiveModule, fileSystemModule, grpcModule);
  return {
    source: container.get(Port.SnapshotSource),
    cluster: container.get(Port.ClusterView),
    verifier: container.get(Port.ArchiveVerifier),
    writer: container.get(Port.ArchiveWriter),
  };
}

/** The ports of a restore. */
export async function composeRestore(limits: ArchiveLimits): Promise<RestorePorts> {
  const [{ archiveModule }, { fileSystemModule }, { raftModule }, { hostModule }] = await Promise.all([
    import('./archive-module.js'),
    import('./file-system-module.js'),
    import('./raft-module.js'),
    import('./host-module.js'),
  ]);
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(limitsModule(limits), archiveModule, fileSystemModule, raftModule, hostModule);
  return {
    archives: container.get(Port.ArchiveReader),
    directories: container.get(Port.DataDirectoryInspector),
    host: container.get(Port.HostFacts),
    raftStore: container.get(Port.RaftStoreInitializer),
    marker: container.get(Port.MarkerWriter),
    clock: container.get(Port.Clock),
  };
}

/** The port that asks a running daemon. */
export async function composeClusterView(settings: ConnectionSettings): Promise<ClusterView> {
  const { grpcModule } = await import('./grpc-module.js');
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(connectionModule(settings), grpcModule);
  return container.get(Port.ClusterView);
}

/** What starts the embedded daemon. */
export async function composeSandbox(): Promise<RunSandbox> {
  const [{ fileSystemModule }, { hostModule }, { sandboxModule }] = await Promise.all([
    import('./file-system-module.js'),
    import('./host-module.js'),
    import('./sandbox-module.js'),
  ]);
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(fileSystemModule, hostModule, sandboxModule);
  return container.get(Machine.RunSandbox);
}

function connectionModule(settings: ConnectionSettings): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(Setting.Connection).toConstantValue(settings.connection);
    bind(Setting.DeadlineMs).toConstantValue(settings.deadlineMs);
  });
}

function limitsModule(limits: ArchiveLimits): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(Setting.Limits).toConstantValue(limits);
  });
}
