import type { ServiceIdentifier } from 'inversify';
import type { ArchiveLimits } from '../adapters/archive/archive-limits.js';
import type { AcquireLock } from '../adapters/filesystem/exclusive-lock.js';
import type { FileSystem } from '../adapters/filesystem/file-system.js';
import type { DaemonConnection } from '../adapters/grpc/connection.js';
import type { RunSandbox } from '../adapters/sandbox/run-sandbox.js';
import type { ArchiveComposer } from '../ports/archive-composer.js';
import type { ArchiveReader } from '../ports/archive-reader.js';
import type { ArchiveSealer } from '../ports/archive-sealer.js';
import type { ArchiveVerifier } from '../ports/archive-verifier.js';
import type { ArchiveWriter } from '../ports/archive-writer.js';
import type { BackupStore } from '../ports/backup-store.js';
import type { Clock } from '../ports/clock.js';
import type { ClusterView } from '../ports/cluster-view.js';
import type { ContentDigest } from '../ports/content-digest.js';
import type { DataDirectoryInspector } from '../ports/data-directory-inspector.js';
import type { FileSystemGaps } from '../ports/file-system-gaps.js';
import type { HostFacts } from '../ports/host-facts.js';
import type { KeyringGenerator } from '../ports/keyring-generator.js';
import type { MarkerWriter } from '../ports/marker-writer.js';
import type { MetricsFile } from '../ports/metrics-file.js';
import type { NodeIdentityWriter } from '../ports/node-identity-writer.js';
import type { RaftStoreInitializer } from '../ports/raft-store-initializer.js';
import type { RehearsalNode } from '../ports/rehearsal-node.js';
import type { SnapshotSource } from '../ports/snapshot-source.js';
import type { StateKeyring, StateKeyringSource } from '../ports/state-keyring.js';
import type { SurvivingStores } from '../ports/surviving-stores.js';
import type { StorageSettings } from './storage-settings.js';

/** Environment variables of the process, or those that a frontend passes on. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The settings for facts about the host and its daemon. */
export interface HostSettings {
  /** PATH, to find jacod and other programs, and the variables that those read. */
  readonly environment: Environment;
  /** The path of jacod.yaml; undefined: its usual place, where it may be missing. */
  readonly daemonConfiguration?: string | undefined;
}

/** The ports, as the container knows them. */
export const Port = {
  ArchiveComposer: Symbol('ArchiveComposer') as ServiceIdentifier<ArchiveComposer>,
  ArchiveSealer: Symbol('ArchiveSealer') as ServiceIdentifier<ArchiveSealer>,
  ArchiveReader: Symbol('ArchiveReader') as ServiceIdentifier<ArchiveReader>,
  ArchiveVerifier: Symbol('ArchiveVerifier') as ServiceIdentifier<ArchiveVerifier>,
  ArchiveWriter: Symbol('ArchiveWriter') as ServiceIdentifier<ArchiveWriter>,
  BackupStore: Symbol('BackupStore') as ServiceIdentifier<BackupStore>,
  Clock: Symbol('Clock') as ServiceIdentifier<Clock>,
  ClusterView: Symbol('ClusterView') as ServiceIdentifier<ClusterView>,
  ContentDigest: Symbol('ContentDigest') as ServiceIdentifier<ContentDigest>,
  DataDirectoryInspector: Symbol('DataDirectoryInspector') as ServiceIdentifier<DataDirectoryInspector>,
  FileSystemGaps: Symbol('FileSystemGaps') as ServiceIdentifier<FileSystemGaps>,
  HostFacts: Symbol('HostFacts') as ServiceIdentifier<HostFacts>,
  KeyringGenerator: Symbol('KeyringGenerator') as ServiceIdentifier<KeyringGenerator>,
  MarkerWriter: Symbol('MarkerWriter') as ServiceIdentifier<MarkerWriter>,
  MetricsFile: Symbol('MetricsFile') as ServiceIdentifier<MetricsFile>,
  /** The ring that a backup is re-encrypted under. */
  NextStateKeyring: Symbol('NextStateKeyring') as ServiceIdentifier<StateKeyringSource>,
  NodeIdentityWriter: Symbol('NodeIdentityWriter') as ServiceIdentifier<NodeIdentityWriter>,
  RaftStoreInitializer: Symbol('RaftStoreInitializer') as ServiceIdentifier<RaftStoreInitializer>,
  RehearsalNode: Symbol('RehearsalNode') as ServiceIdentifier<RehearsalNode>,
  SnapshotSource: Symbol('SnapshotSource') as ServiceIdentifier<SnapshotSource>,
  StateKeyring: Symbol('StateKeyring') as ServiceIdentifier<StateKeyringSource>,
  SurvivingStores: Symbol('SurvivingStores') as ServiceIdentifier<SurvivingStores>,
} as const;

/** Parts of the machine that adapters share. */
export const Machine = {
  FileSystem: Symbol('FileSystem') as ServiceIdentifier<FileSystem>,
  AcquireLock: Symbol('AcquireLock') as ServiceIdentifier<AcquireLock>,
  RunSandbox: Symbol('RunSandbox') as ServiceIdentifier<RunSandbox>,
} as const;

/** What a frontend decides. */
export const Setting = {
  Host: Symbol('Host') as ServiceIdentifier<HostSettings>,
  /** age recipients, or files with recipients. */
  Recipients: Symbol('Recipients') as ServiceIdentifier<readonly string[]>,
  Connection: Symbol('Connection') as ServiceIdentifier<DaemonConnection>,
  /** How long a backup may take, in milliseconds. */
  BackupDeadlineMs: Symbol('BackupDeadlineMs') as ServiceIdentifier<number>,
  /** How long any other call may take, in milliseconds. */
  QuestionDeadlineMs: Symbol('QuestionDeadlineMs') as ServiceIdentifier<number>,
  Limits: Symbol('Limits') as ServiceIdentifier<ArchiveLimits>,
  /** The ring itself, where the state is looked into while it passes. */
  Keyring: Symbol('Keyring') as ServiceIdentifier<StateKeyring>,
  /** The file of the cluster's keyring. */
  KeyFile: Symbol('KeyFile') as ServiceIdentifier<string>,
  /** The file of the ring that a backup is re-encrypted under. */
  NextKeyFile: Symbol('NextKeyFile') as ServiceIdentifier<string>,
  Storage: Symbol('Storage') as ServiceIdentifier<StorageSettings>,
} as const;
