import type { InterfaceAddress } from '../../../src/domain/cluster/daemon-interface.js';
import type { LeftBehind } from '../../../src/domain/errors.js';
import type { RestoreMarker } from '../../../src/domain/restore/marker.js';
import type { FileOwner } from '../../../src/domain/restore/raft-store-seed.js';
import type { RestorePorts, RestoreWish } from '../../../src/domain/restore/restore-archive.js';
import type { DaemonSocket, DataDirectoryInspection } from '../../../src/ports/data-directory-inspector.js';
import type { DaemonConfiguration } from '../../../src/ports/host-facts.js';
import type { StagedNodeIdentity } from '../../../src/ports/node-identity-writer.js';
import type { CommitOutcome, StagedRaftStore } from '../../../src/ports/raft-store-initializer.js';
import { fileAt } from '../../builders/locations.js';
import { openedBackup } from '../../builders/opened-backup.js';
import { inSchema, type MetadataChanges } from '../../builders/snapshot-metadata.js';
import {
  createInMemoryNodeIdentityWriter,
  type InMemoryNodeIdentityWriter,
} from '../../fakes/in-memory-node-identity-writer.js';
import {
  createInMemoryRaftStoreInitializer,
  type InMemoryRaftStore,
} from '../../fakes/in-memory-raft-store-initializer.js';
import { inspection, metadata } from '../builders.js';
import { stateOf } from '../state/state-encoder.js';

/** The steps of a restore that a test can watch, and break. */
export type RestoreStep =
  | 'open archive'
  | 'read configuration'
  | 'ask daemon version'
  | 'inspect directory'
  | 'stage store'
  | 'stage identity'
  | 'write marker'
  | 'install identity'
  | 'commit store'
  | 'finish identity'
  | 'withdraw marker'
  | 'withdraw identity'
  | 'discard store'
  | 'close archive';

/** What a test may set; the rest makes a restore that succeeds. */
export interface RestoreSetting {
  readonly metadata?: MetadataChanges;
  readonly snapshot?: readonly Uint8Array[];
  readonly inspection?: Partial<DataDirectoryInspection>;
  readonly configuration?: Partial<DaemonConfiguration>;
  readonly installedDaemonVersion?: string;
  /** What shows that systemd passes the daemon a keyring. */
  readonly stateKeyCredential?: string;
  /** The host's addresses; one private one when left out. */
  readonly interfaces?: readonly InterfaceAddress[];
  /** The addresses of names on the host. */
  readonly resolved?: Readonly<Record<string, string>>;
  /** Runs as the step begins; what it throws, the step throws. */
  readonly at?: Partial<Record<RestoreStep, () => void>>;
  /** The outcome of the commit once the store is in place. */
  readonly committed?: CommitOutcome;
  /** What the clean-up of a step cannot remove. */
  readonly left?: Partial<Record<RestoreStep, readonly LeftBehind[]>>;
}

/** A host and a disk in memory. */
export interface RestoreStage {
  readonly ports: RestorePorts;
  /** What happened, in order. */
  readonly steps: RestoreStep[];
  /** Committed stores by data directory; a test may put others' stores there. */
  readonly stores: Map<string, InMemoryRaftStore>;
  /** Data directories with a store that is neither committed nor discarded. */
  readonly unfinished: ReadonlySet<string>;
  /** Markers by data directory; a test may put older ones there. */
  readonly markers: Map<string, { readonly marker: RestoreMarker; readonly owner: FileOwner | undefined }>;
  /** The identity files of nodes; a test may put an operator's files there. */
  readonly identities: InMemoryNodeIdentityWriter;
  /** What the inspector was asked, in order. */
  readonly inspected: { readonly dataDirectory: string; readonly socket: DaemonSocket }[];
}

/** Sets the stage. */
export function restoreStage(setting: RestoreSetting = {}): RestoreStage {
  const steps: RestoreStep[] = [];
  const begin = (step: RestoreStep) => {
    steps.push(step);
    setting.at?.[step]?.();
  };
  const store = createInMemoryRaftStoreInitializer();
  const identities = createInMemoryNodeIdentityWriter();
  const markers: RestoreStage['markers'] = new Map();
  const snapshot = setting.snapshot ?? [stateOf('c-1')];
  const inspected: { dataDirectory: string; socket: DaemonSocket }[] = [];
  const ports: RestorePorts = {
    store: { open: async () => openedBackup(new Uint8Array(0)) },
    archives: {
      async open() {
        begin('open archive');
        return {
          metadata: inSchema(setting.metadata ?? {}, metadata()),
          metadataBytes: new Uint8Array(0),
          snapshotSizeBytes: Buffer.concat(snapshot).length,
          snapshot: streamOf(snapshot),
          file: () => ({ sizeBytes: 41, sha256: undefined, paddingBytes: 0 }),
          close: async () => begin('close archive'),
        };
      },
    },
    directories: {
      async inspect(dataDirectory, socket) {
        begin('inspect directory');
        inspected.push({ dataDirectory, socket });
        return inspection({ path: dataDirectory, ...setting.inspection });
      },
    },
    host: {
      hostname: () => 'node-1',
      interfaces: async () => setting.interfaces ?? [{ name: 'eth0', address: '10.0.0.7', internal: false }],
      resolve: async (name) => setting.resolved?.[name],
      stateKeyCredential: async () => setting.stateKeyCredential,
      async installedDaemonVersion() {
        begin('ask daemon version');
        return setting.installedDaemonVersion;
      },
      async daemonConfiguration() {
        begin('read configuration');
        const nothing = { path: undefined, listenAddress: undefined, dataDirectory: undefined, unixSocket: undefined };
        return { ...nothing, clusterAddress: '10.0.0.7:7001', ...setting.configuration };
      },
    },
    raftStore: {
      async stage(seed, snapshot, firstCommands, signal) {
        begin('stage store');
        return watched(await store.stage(seed, snapshot, firstCommands, signal), begin, setting);
      },
    },
    marker: {
      async write(dataDirectory, marker, owner) {
        begin('write marker');
        markers.set(dataDirectory, { marker, owner });
      },
      async withdraw(dataDirectory) {
        begin('withdraw marker');
        markers.delete(dataDirectory);
        return setting.left?.['withdraw marker'] ?? [];
      },
    },
    identity: {
      preview: (request) => identities.preview(request),
      async stage(request) {
        begin('stage identity');
        return watchedIdentity(await identities.stage(request), begin, setting);
      },
    },
    clock: { nowMs: () => Date.UTC(2026, 4, 26, 8, 30) },
  };
  return { ports, steps, stores: store.committed, unfinished: store.unfinished, markers, identities, inspected };
}

/** The input of an operator who gives only the two required flags. */
export function wish(changes: Partial<RestoreWish> = {}): RestoreWish {
  return {
    archive: fileAt('cluster.tar.gz'),
    name: 'node-1',
    advertiseAddress: undefined,
    grpcAddress: undefined,
    daemonVersion: undefined,
    dataDirectory: undefined,
    socket: undefined,
    identity: false,
    bare: false,
    removeNodes: [],
    removeOtherNodes: false,
    intoOtherFiles: false,
    ...changes,
  };
}

function watched(
  staged: StagedRaftStore,
  begin: (step: RestoreStep) => void,
  { committed, left }: RestoreSetting,
): StagedRaftStore {
  return {
    snapshotSizeBytes: staged.snapshotSizeBytes,
    async commit() {
      begin('commit store');
      const outcome = await staged.commit();
      return committed ?? outcome;
    },
    async discard() {
      begin('discard store');
      await staged.discard();
      return left?.['discard store'] ?? [];
    },
  };
}

function watchedIdentity(
  staged: StagedNodeIdentity,
  begin: (step: RestoreStep) => void,
  { left }: RestoreSetting,
): StagedNodeIdentity {
  return {
    files: staged.files,
    warnings: staged.warnings,
    async install() {
      begin('install identity');
      await staged.install();
    },
    async finish() {
      begin('finish identity');
      await staged.finish();
      return left?.['finish identity'] ?? [];
    },
    async withdraw() {
      begin('withdraw identity');
      await staged.withdraw();
      return left?.['withdraw identity'] ?? [];
    },
  };
}

async function* streamOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
  yield* chunks;
}
