import 'reflect-metadata';
import { Container, ContainerModule } from 'inversify';
import { createAgeArchiveOpener } from '../adapters/age/age-archive-opener.js';
import type { ArchiveLimits } from '../adapters/archive/archive-limits.js';
import type { RunSandbox } from '../adapters/sandbox/run-sandbox.js';
import type { Passage } from '../adapters/storage/reading-through.js';
import type { S3Settings } from '../adapters/storage/s3/s3-settings.js';
import type { ComparisonPorts } from '../domain/archive/diff-archives.js';
import type { InspectionPorts } from '../domain/archive/inspect-archive.js';
import type { ReadingPorts } from '../domain/archive/read-archive.js';
import type { BackupPorts } from '../domain/backup/take-backup.js';
import type { RecordingPorts } from '../domain/monitoring/record-attempt.js';
import type { RecoveryPorts } from '../domain/recovery/recover-store.js';
import type { RehearsalPorts } from '../domain/restore/rehearse-restore.js';
import type { RestorePorts } from '../domain/restore/restore-archive.js';
import type { PrunePorts } from '../domain/retention/prune-backups.js';
import type { ArchiveSealer } from '../ports/archive-sealer.js';
import type { BackupStore } from '../ports/backup-store.js';
import type { ClusterView } from '../ports/cluster-view.js';
import type { ContentDigest } from '../ports/content-digest.js';
import { archiveModule } from './archive-module.js';
import { clockModule } from './clock-module.js';
import { fileSystemModule } from './file-system-module.js';
import { type Environment, Machine, Port, Setting } from './identifiers.js';
import { keyringFrom } from './keyring-source.js';
import type {
  BackupSettings,
  ConnectionSettings,
  ReadingSettings,
  RecoverySettings,
  RestoreSettings,
} from './settings.js';
import { storageModule } from './storage-module.js';
import type { StorageSettings } from './storage-settings.js';

/*
 * The composition root. Each technology is wired in its own module file in this folder. Commands load only the modules
 * that they need, so that `jaco restore` does not pay for gRPC, nor `jaco backup` for the raft store.
 */

/**
 * How long a backup waits for a follower to name the leader, in milliseconds: the answer only makes an error more
 * helpful.
 */
const leaderQuestionDeadlineMs = 5_000;

/**
 * The ports of a backup.
 * @throws recipient_unusable, keyring_unusable
 */
export async function composeBackup(settings: BackupSettings): Promise<BackupPorts> {
  const { grpcModule, snapshotSourceOf } = await import('./grpc-module.js');
  const { connectionTo, deadlineMs, keyFile, limits, recipients, streams, objects = objectsOfSharedFiles } = settings;
  const container = new Container({ defaultScope: 'Singleton' });
  const connection = connectionModule(settings, Math.min(deadlineMs, leaderQuestionDeadlineMs));
  const storage = settingsModule(limits, { streams, readsPipes: false, passage: (bytes) => bytes, objects });
  container.load(connection, storage, archiveModule, fileSystemModule, storageModule, grpcModule);
  const keyring = await keyringFrom(container, keyFile)?.load();
  if (keyring !== undefined) container.bind(Setting.Keyring).toConstantValue(keyring);
  return {
    source: container.get(Port.SnapshotSource),
    cluster: container.get(Port.ClusterView),
    verifier: container.get(Port.ArchiveVerifier),
    writer: container.get(Port.ArchiveWriter),
    gaps: container.get(Port.FileSystemGaps),
    ...(settings.fingerprint === true ? { digest: await digestFrom(container) } : {}),
    ...(recipients.length === 0 ? {} : { sealer: await sealerFrom(container, recipients) }),
    ...(connectionTo === undefined
      ? {}
      : { sourceAt: (grpcAddress: string) => snapshotSourceOf(connectionTo(grpcAddress), deadlineMs) }),
  };
}

async function digestFrom(container: Container): Promise<ContentDigest> {
  const { digestModule } = await import('./digest-module.js');
  container.load(digestModule);
  return container.get(Port.ContentDigest);
}

async function sealerFrom(container: Container, recipients: readonly string[]): Promise<ArchiveSealer> {
  const { ageModule } = await import('./age-module.js');
  container.bind(Setting.Recipients).toConstantValue(recipients);
  container.load(ageModule);
  return container.getAsync(Port.ArchiveSealer);
}

/** What a frontend that says nothing of object storage gets: what the files of the AWS tools say, and no environment. */
const objectsOfSharedFiles: S3Settings = {
  endpoint: undefined,
  region: undefined,
  addressing: undefined,
  caCertificatePath: undefined,
  environment: {},
};

/** The whole store; a use case needs only a part of it. */
export interface WholeStore {
  readonly store: BackupStore;
}

/** The ports of a restore. */
export async function composeRestore(settings: RestoreSettings): Promise<RestorePorts & WholeStore> {
  const container = await restoringContainer(settings);
  return { ...restorePortsOf(container), gaps: container.get(Port.FileSystemGaps) };
}

async function restoringContainer(settings: RestoreSettings): Promise<Container> {
  const [{ raftModule }, { hostModule }] = await Promise.all([import('./raft-module.js'), import('./host-module.js')]);
  const container = readingContainer(settings);
  container.bind(Setting.Host).toConstantValue(settings);
  container.load(raftModule, hostModule, clockModule);
  return container;
}

function restorePortsOf(container: Container): RestorePorts & WholeStore {
  return {
    ...readingPortsOf(container),
    directories: container.get(Port.DataDirectoryInspector),
    host: container.get(Port.HostFacts),
    raftStore: container.get(Port.RaftStoreInitializer),
    marker: container.get(Port.MarkerWriter),
    identity: container.get(Port.NodeIdentityWriter),
    clock: container.get(Port.Clock),
  };
}

/** The ports of a recovery from a surviving disk. */
export async function composeRecovery(settings: RecoverySettings): Promise<RecoveryPorts> {
  const loading = [import('./raft-module.js'), import('./recovery-module.js'), import('./host-module.js')] as const;
  const [{ raftModule }, { recoveryModule }, { hostModule }] = await Promise.all(loading);
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(Setting.Host).toConstantValue(settings);
  if (settings.keyFile !== undefined) container.bind(Setting.KeyFile).toConstantValue(settings.keyFile);
  container.load(fileSystemModule, raftModule, recoveryModule, hostModule, clockModule);
  return {
    survivors: container.get(Port.SurvivingStores),
    directories: container.get(Port.DataDirectoryInspector),
    host: container.get(Port.HostFacts),
    marker: container.get(Port.MarkerWriter),
    identity: container.get(Port.NodeIdentityWriter),
    clock: container.get(Port.Clock),
    gaps: container.get(Port.FileSystemGaps),
  };
}

/** The ports of an inspection. */
export async function composeInspection(settings: ReadingSettings): Promise<InspectionPorts & WholeStore> {
  const container = readingContainer(settings);
  container.load(clockModule);
  return { ...readingPortsOf(container), clock: container.get(Port.Clock) };
}

/** The ports that delete old backups. */
export async function composePruning(settings: ReadingSettings): Promise<PrunePorts> {
  return readingPortsOf(readingContainer(settings));
}

/** The ports that record the result of a backup. */
export async function composeRecording(): Promise<RecordingPorts> {
  const { metricsModule } = await import('./metrics-module.js');
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(fileSystemModule, clockModule, metricsModule);
  return { metrics: container.get(Port.MetricsFile), clock: container.get(Port.Clock) };
}

/** The ports of a comparison. */
export async function composeComparison(settings: ReadingSettings): Promise<ComparisonPorts> {
  const { digestModule, freshSalt } = await import('./digest-module.js');
  const container = readingContainer(settings);
  container.load(digestModule);
  return { ...readingPortsOf(container), digest: container.get(Port.ContentDigest), salt: freshSalt() };
}

/** The ports of every use case that reads archives. */
export function readingPortsOf(container: Container): ReadingPorts & WholeStore {
  return {
    store: container.get(Port.BackupStore),
    archives: container.get(Port.ArchiveReader),
    ...(container.isBound(Port.StateKeyring) ? { keyring: container.get(Port.StateKeyring) } : {}),
  };
}

/** What reads archives, wired. */
export function readingContainer(settings: ReadingSettings): Container {
  const { limits, identityPath, keyFile, streams, readsPipes, objects = objectsOfSharedFiles } = settings;
  const { watch = (bytes) => bytes } = settings;
  const decrypt = createAgeArchiveOpener(identityPath);
  const passage: Passage = (bytes, onEncrypted) => decrypt(watch(bytes), onEncrypted);
  const container = new Container({ defaultScope: 'Singleton' });
  const storage = settingsModule(limits, { streams, readsPipes, passage, objects });
  container.load(storage, archiveModule, fileSystemModule, storageModule);
  keyringFrom(container, keyFile);
  return container;
}

/** The port that queries a running daemon. */
export async function composeClusterView(settings: ConnectionSettings): Promise<ClusterView> {
  const { grpcModule } = await import('./grpc-module.js');
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(connectionModule(settings, settings.deadlineMs), grpcModule);
  return container.get(Port.ClusterView);
}

/** The ports of a rehearsal. */
export async function composeRehearsal(
  settings: RestoreSettings,
): Promise<RehearsalPorts & { readonly restore: WholeStore }> {
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

/** What starts the embedded daemon. `keyFile` is the keyring under which it seals a new cluster, or opens one that is sealed. */
export async function composeSandbox(environment: Environment, keyFile?: string): Promise<RunSandbox> {
  const [{ hostModule }, { sandboxModule }] = await Promise.all([
    import('./host-module.js'),
    import('./sandbox-module.js'),
  ]);
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(Setting.Host).toConstantValue({ environment });
  if (keyFile !== undefined) container.bind(Setting.KeyFile).toConstantValue(keyFile);
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

function settingsModule(limits: ArchiveLimits, storage: Omit<StorageSettings, 'largestBytes'>): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(Setting.Limits).toConstantValue(limits);
    bind(Setting.Storage).toConstantValue({ ...storage, largestBytes: limits.snapshotBytes });
  });
}
