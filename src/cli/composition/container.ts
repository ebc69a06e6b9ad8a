import 'reflect-metadata';
import type { Writable } from 'node:stream';
import { Container, ContainerModule } from 'inversify';
import { createAgeArchiveOpener } from '../../adapters/age/age-archive-opener.js';
import type { ArchiveLimits } from '../../adapters/archive/archive-limits.js';
import type { FileSystem } from '../../adapters/filesystem/file-system.js';
import { openNamedPipe } from '../../adapters/filesystem/named-pipe.js';
import type { DaemonConnection } from '../../adapters/grpc/connection.js';
import type { RunSandbox } from '../../adapters/sandbox/run-sandbox.js';
import type { ComparisonPorts } from '../../domain/archive/diff-archives.js';
import type { InspectionPorts } from '../../domain/archive/inspect-archive.js';
import type { RecordingPorts } from '../../domain/backup/record-attempt.js';
import type { BackupPorts } from '../../domain/backup/take-backup.js';
import type { RehearsalPorts } from '../../domain/restore/rehearse-restore.js';
import type { RestorePorts } from '../../domain/restore/restore-archive.js';
import type { PrunePorts } from '../../domain/retention/prune-backups.js';
import type { ArchiveSealer } from '../../ports/archive-sealer.js';
import type { ArchiveWriter } from '../../ports/archive-writer.js';
import type { ClusterView } from '../../ports/cluster-view.js';
import { exposeCollector } from './expose-collector.js';
import { Machine, Port, Setting } from './identifiers.js';

/*
 * The composition root. Each technology is wired in a module file of its own beside this one, loaded only for the
 * commands that need it, so that `jaco restore` does not pay for gRPC nor `jaco backup` for the raft store.
 */

exposeCollector();

/** How a cluster is reached, and how long a call to it may take. */
export interface ConnectionSettings {
  readonly connection: DaemonConnection;
  readonly deadlineMs: number;
}

/** How long a backup asks a follower who leads, in milliseconds: the answer only makes an error more helpful. */
const leaderQuestionDeadlineMs = 5_000;

/** What a backup may be asked for beside a cluster and a file. */
export interface BackupSettings extends ConnectionSettings {
  readonly limits: ArchiveLimits;
  /** age recipients, or files that hold some; none leaves the archive as it was sent. */
  readonly recipients: readonly string[];
  /** How another node of the cluster is reached; undefined where there is no token for it, or nobody shall be followed. */
  readonly connectionTo: ((grpcAddress: string) => DaemonConnection) | undefined;
  /** Where an archive goes that is not kept in a file. */
  readonly pipe: Writable | undefined;
}

/**
 * The ports of a backup.
 * @throws recipient_unusable
 */
export async function composeBackup(settings: BackupSettings): Promise<BackupPorts> {
  const [{ archiveModule }, { fileSystemModule }, { grpcModule, snapshotSourceOf }] = await Promise.all([
    import('./archive-module.js'),
    import('./file-system-module.js'),
    import('./grpc-module.js'),
  ]);
  const { connectionTo, deadlineMs, limits, pipe, recipients } = settings;
  const container = new Container({ defaultScope: 'Singleton' });
  const connection = connectionModule(settings, Math.min(deadlineMs, leaderQuestionDeadlineMs));
  container.load(connection, limitsModule(limits), archiveModule, fileSystemModule, grpcModule);
  return {
    source: container.get(Port.SnapshotSource),
    cluster: container.get(Port.ClusterView),
    verifier: container.get(Port.ArchiveVerifier),
    writer: pipe === undefined ? container.get(Port.ArchiveWriter) : await pipeWriter(pipe),
    ...(recipients.length === 0 ? {} : { sealer: await sealerTo(recipients) }),
    ...(connectionTo === undefined
      ? {}
      : { sourceAt: (grpcAddress: string) => snapshotSourceOf(connectionTo(grpcAddress), deadlineMs) }),
  };
}

async function pipeWriter(pipe: Writable): Promise<ArchiveWriter> {
  const { createStreamArchiveWriter } = await import('../../adapters/filesystem/stream-archive-writer.js');
  return createStreamArchiveWriter(pipe);
}

async function sealerTo(recipients: readonly string[]): Promise<ArchiveSealer> {
  const { createAgeArchiveSealer } = await import('../../adapters/age/age-archive-sealer.js');
  return createAgeArchiveSealer(recipients);
}

/** How archives are read. */
export interface ReadingSettings {
  readonly limits: ArchiveLimits;
  /** File with age identities, for archives that are encrypted. */
  readonly identityPath: string | undefined;
  /** What is read for the path `-`. */
  readonly standardInput: AsyncIterable<Uint8Array>;
  /** Until it fires, an archive whose path is that of a pipe is waited for; without it such paths are refused. */
  readonly pipesUntil?: AbortSignal;
  /** Sees the bytes of an archive as they are kept, from the beginning at each reading. */
  readonly watch?: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
}

/** The ports of a restore. */
export async function composeRestore(settings: ReadingSettings): Promise<RestorePorts> {
  const [{ archiveModule }, { fileSystemModule }, { raftModule }, { hostModule }] = await Promise.all([
    import('./archive-module.js'),
    import('./file-system-module.js'),
    import('./raft-module.js'),
    import('./host-module.js'),
  ]);
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(readingModule(settings), archiveModule, fileSystemModule, raftModule, hostModule);
  return {
    archives: container.get(Port.ArchiveReader),
    directories: container.get(Port.DataDirectoryInspector),
    host: container.get(Port.HostFacts),
    raftStore: container.get(Port.RaftStoreInitializer),
    marker: container.get(Port.MarkerWriter),
    identity: container.get(Port.NodeIdentityWriter),
    clock: container.get(Port.Clock),
  };
}

/** The ports of an inspection. */
export async function composeInspection(settings: ReadingSettings): Promise<InspectionPorts> {
  const { hostModule } = await import('./host-module.js');
  const container = await readingContainer(settings);
  container.load(hostModule);
  return { archives: container.get(Port.ArchiveReader), clock: container.get(Port.Clock) };
}

/** The ports that clear away old backups. */
export async function composePruning(settings: ReadingSettings): Promise<PrunePorts> {
  const { createBackupDirectory } = await import('../../adapters/filesystem/node-backup-directory.js');
  const container = await readingContainer(settings);
  return {
    archives: container.get(Port.ArchiveReader),
    directory: createBackupDirectory(container.get(Machine.FileSystem)),
  };
}

/** The ports that record how a backup went. */
export async function composeRecording(): Promise<RecordingPorts> {
  const [{ fileSystemModule }, { hostModule }, { createMetricsFile }] = await Promise.all([
    import('./file-system-module.js'),
    import('./host-module.js'),
    import('../../adapters/filesystem/node-metrics-file.js'),
  ]);
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(fileSystemModule, hostModule);
  return { metrics: createMetricsFile(container.get(Machine.FileSystem)), clock: container.get(Port.Clock) };
}

/** The ports of a comparison. */
export async function composeComparison(settings: ReadingSettings): Promise<ComparisonPorts> {
  const { sha256Digest } = await import('../../adapters/host/sha256-digest.js');
  const container = await readingContainer(settings);
  return { archives: container.get(Port.ArchiveReader), digest: sha256Digest };
}

async function readingContainer(settings: ReadingSettings): Promise<Container> {
  const [{ archiveModule }, { fileSystemModule }] = await Promise.all([
    import('./archive-module.js'),
    import('./file-system-module.js'),
  ]);
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(readingModule(settings), archiveModule, fileSystemModule);
  return container;
}

/** The port that asks a running daemon. */
export async function composeClusterView(settings: ConnectionSettings): Promise<ClusterView> {
  const { grpcModule } = await import('./grpc-module.js');
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(connectionModule(settings, settings.deadlineMs), grpcModule);
  return container.get(Port.ClusterView);
}

/** The ports of a rehearsal. */
export async function composeRehearsal(settings: ReadingSettings): Promise<RehearsalPorts> {
  const [restore, run, { createSandboxRehearsalNode }, { clusterViewOf }, { sha256Digest }] = await Promise.all([
    composeRestore(settings),
    composeSandbox(),
    import('../../adapters/sandbox/sandbox-rehearsal-node.js'),
    import('./grpc-module.js'),
    import('../../adapters/host/sha256-digest.js'),
  ]);
  const fileSystem = await machineFileSystem();
  const viewOf = (socket: string) => clusterViewOf({ kind: 'socket', path: socket }, rehearsalDeadlineMs);
  return { restore, node: createSandboxRehearsalNode(fileSystem, run, viewOf), digest: sha256Digest };
}

async function machineFileSystem(): Promise<FileSystem> {
  const { fileSystemModule } = await import('./file-system-module.js');
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(fileSystemModule);
  return container.get(Machine.FileSystem);
}

/** How long the embedded daemon may take to answer a question, in milliseconds: it may have to read gigabytes. */
const rehearsalDeadlineMs = 300_000;

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

function connectionModule(settings: ConnectionSettings, questionDeadlineMs: number): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(Setting.Connection).toConstantValue(settings.connection);
    bind(Setting.BackupDeadlineMs).toConstantValue(settings.deadlineMs);
    bind(Setting.QuestionDeadlineMs).toConstantValue(questionDeadlineMs);
  });
}

function limitsModule(limits: ArchiveLimits): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(Setting.Limits).toConstantValue(limits);
  });
}

function readingModule({
  limits,
  identityPath,
  standardInput,
  pipesUntil,
  watch = same,
}: ReadingSettings): ContainerModule {
  const open = createAgeArchiveOpener(identityPath);
  return new ContainerModule(({ bind }) => {
    bind(Setting.Limits).toConstantValue(limits);
    bind(Setting.ReaderExtras).toConstantValue({
      standardInput,
      ...(pipesUntil === undefined ? {} : { openPipe: (path: string) => openNamedPipe(path, pipesUntil) }),
      unwrap: (bytes: AsyncIterable<Uint8Array>) => open(watch(bytes)),
    });
  });
}

function same(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return bytes;
}
