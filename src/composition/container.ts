import 'reflect-metadata';
import type { Writable } from 'node:stream';
import { Container, ContainerModule } from 'inversify';
import { createAgeArchiveOpener } from '../adapters/age/age-archive-opener.js';
import type { ArchiveLimits } from '../adapters/archive/archive-limits.js';
import { openNamedPipe } from '../adapters/filesystem/named-pipe.js';
import type { RunSandbox } from '../adapters/sandbox/run-sandbox.js';
import type { ComparisonPorts } from '../domain/archive/diff-archives.js';
import type { InspectionPorts } from '../domain/archive/inspect-archive.js';
import type { RecordingPorts } from '../domain/backup/record-attempt.js';
import type { BackupPorts } from '../domain/backup/take-backup.js';
import type { RehearsalPorts } from '../domain/restore/rehearse-restore.js';
import type { RestorePorts } from '../domain/restore/restore-archive.js';
import type { PrunePorts } from '../domain/retention/prune-backups.js';
import type { ArchiveSealer } from '../ports/archive-sealer.js';
import type { ArchiveWriter } from '../ports/archive-writer.js';
import type { ClusterView } from '../ports/cluster-view.js';
import { type Environment, Machine, Port, Setting } from './identifiers.js';
import type { BackupSettings, ConnectionSettings, ReadingSettings, RestoreSettings } from './settings.js';

/*
 * The composition root. Each technology is wired in a module file of its own beside this one, loaded only for the
 * commands that need it, so that `jaco restore` does not pay for gRPC nor `jaco backup` for the raft store.
 */

/** How long a backup asks a follower who leads, in milliseconds: the answer only makes an error more helpful. */
const leaderQuestionDeadlineMs = 5_000;

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
    ...(recipients.length === 0 ? {} : { sealer: await sealerFrom(container, recipients) }),
    ...(connectionTo === undefined
      ? {}
      : { sourceAt: (grpcAddress: string) => snapshotSourceOf(connectionTo(grpcAddress), deadlineMs) }),
  };
}

async function pipeWriter(pipe: Writable): Promise<ArchiveWriter> {
  const { createStreamArchiveWriter } = await import('../adapters/filesystem/stream-archive-writer.js');
  return createStreamArchiveWriter(pipe);
}

async function sealerFrom(container: Container, recipients: readonly string[]): Promise<ArchiveSealer> {
  const { ageModule } = await import('./age-module.js');
  container.bind(Setting.Recipients).toConstantValue(recipients);
  container.load(ageModule);
  return container.getAsync(Port.ArchiveSealer);
}

/** The ports of a restore. */
export async function composeRestore(settings: RestoreSettings): Promise<RestorePorts> {
  return restorePortsOf(await restoringContainer(settings));
}

async function restoringContainer(settings: RestoreSettings): Promise<Container> {
  const [{ archiveModule }, { fileSystemModule }, { raftModule }, { hostModule }, { clockModule }] = await Promise.all([
    import('./archive-module.js'),
    import('./file-system-module.js'),
    import('./raft-module.js'),
    import('./host-module.js'),
    import('./clock-module.js'),
  ]);
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(Setting.Host).toConstantValue(settings);
  container.load(readingModule(settings), archiveModule, fileSystemModule, raftModule, hostModule, clockModule);
  return container;
}

function restorePortsOf(container: Container): RestorePorts {
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
  const { clockModule } = await import('./clock-module.js');
  const container = await readingContainer(settings);
  container.load(clockModule);
  return { archives: container.get(Port.ArchiveReader), clock: container.get(Port.Clock) };
}

/** The ports that clear away old backups. */
export async function composePruning(settings: ReadingSettings): Promise<PrunePorts> {
  const { retentionModule } = await import('./retention-module.js');
  const container = await readingContainer(settings);
  container.load(retentionModule);
  return { archives: container.get(Port.ArchiveReader), directory: container.get(Port.BackupDirectory) };
}

/** The ports that record how a backup went. */
export async function composeRecording(): Promise<RecordingPorts> {
  const [{ fileSystemModule }, { clockModule }, { metricsModule }] = await Promise.all([
    import('./file-system-module.js'),
    import('./clock-module.js'),
    import('./metrics-module.js'),
  ]);
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(fileSystemModule, clockModule, metricsModule);
  return { metrics: container.get(Port.MetricsFile), clock: container.get(Port.Clock) };
}

/** The ports of a comparison. */
export async function composeComparison(settings: ReadingSettings): Promise<ComparisonPorts> {
  const { digestModule } = await import('./digest-module.js');
  const container = await readingContainer(settings);
  container.load(digestModule);
  return { archives: container.get(Port.ArchiveReader), digest: container.get(Port.ContentDigest) };
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
export async function composeRehearsal(settings: RestoreSettings): Promise<RehearsalPorts> {
  const [container, { sandboxModule }, { rehearsalModule }, { digestModule }] = await Promise.all([
    restoringContainer(settings),
    import('./sandbox-module.js'),
    import('./rehearsal-module.js'),
    import('./digest-module.js'),
  ]);
  container.load(sandboxModule, rehearsalModule, digestModule);
  return {
    restore: restorePortsOf(container),
    node: container.get(Port.RehearsalNode),
    digest: container.get(Port.ContentDigest),
  };
}

/** What starts the embedded daemon. */
export async function composeSandbox(environment: Environment): Promise<RunSandbox> {
  const [{ fileSystemModule }, { hostModule }, { clockModule }, { sandboxModule }] = await Promise.all([
    import('./file-system-module.js'),
    import('./host-module.js'),
    import('./clock-module.js'),
    import('./sandbox-module.js'),
  ]);
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(Setting.Host).toConstantValue({ environment });
  container.load(fileSystemModule, hostModule, clockModule, sandboxModule);
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
