import { timingSafeEqual } from 'node:crypto';
import { EventEmitter, on } from 'node:events';
import { targetDaemonVersion } from '../../domain/archive/daemon-version.js';
import { plainSchema, type SnapshotFacts, sealedSchema } from '../../domain/archive/snapshot-metadata.js';
import type { Clock } from '../../ports/clock.js';
import { composeArchive, encodeMetadata } from '../archive/archive-composer.js';
import type { Draft } from '../contract/contract.js';
import { auditEventNumbers, nodeStatusNumbers } from '../contract/enum-numbers.js';
import type {
  AuditEventMessage,
  AuditQueryRequest,
  ClusterMetaMessage,
  ClusterStatusResponse,
  CommandMessage,
  NodeJoinMessage,
  NodeMessage,
} from '../contract/messages.js';
import { timestampMs, timestampOf } from '../contract/timestamps.js';
import { sha256 } from './example-cluster.js';
import { auditEventsIn } from './replicated-state.js';
import type { SandboxStore } from './sandbox-store.js';

/** The behaviour of a daemon, independent of the transport. */
export interface SandboxDaemon {
  /** Secret: it holds the CA's key. */
  readonly cluster: ClusterMetaMessage;
  status(): Draft<ClusterStatusResponse>;
  /**
   * A fresh snapshot at one index, as the bytes of an archive; recorded as BACKUP_TAKEN once the caller has taken the
   * last of them. `identity` is the caller's.
   */
  backup(identity: string): AsyncIterable<Uint8Array>;
  /** Audit events that match, oldest first; with `follow` it continues until `signal` fires. */
  audit(query: AuditQueryRequest, signal: AbortSignal): AsyncIterable<AuditEventMessage>;
  /** The token's identity; `token_invalid` or `token_revoked` if it is not valid. */
  authenticate(token: string): { readonly identity: string } | 'token_invalid' | 'token_revoked';
  /** The whole current state, in the form of a snapshot. Secret. */
  state(): AsyncIterable<Uint8Array>;
  /** Records an event of the daemon's own, durably. */
  record(type: number, payload: Readonly<Record<string, string>>, identity: string): Promise<void>;
  /**
   * Makes the state's record of this node current: its addresses, and that it is ready. An empty address is not
   * published.
   */
  recordSelf(grpcAddress: string): Promise<void>;
}

/** The daemon writes its version without the letter, and its own restore compares the text before the first dot. */
const writtenVersion = targetDaemonVersion.replace(/^v/, '');

const suffrageNumbers = { voter: 1, nonvoter: 2, staging: 0 } as const;

/** The daemon on a booted store of an initialized cluster, which `cluster` describes. */
export function createSandboxDaemon(store: SandboxStore, cluster: ClusterMetaMessage, clock: Clock): SandboxDaemon {
  // There is no limit on followers of the audit log.
  const appended = new EventEmitter().setMaxListeners(0);
  let queue: Promise<unknown> = Promise.resolve();

  /** Serializes changes: each must know the index that it gets. */
  function exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  }

  function record(type: number, payload: Readonly<Record<string, string>>, identity: string): Promise<void> {
    const ts = timestampOf(clock.nowMs());
    return submit({ ts, identity, auditAppend: { event: { type, identity, ts, payload } } });
  }

  function submit(command: Draft<CommandMessage>): Promise<void> {
    return exclusively(async () => {
      for (const event of await store.append(command)) appended.emit('event', event);
    });
  }

  return {
    cluster,
    record,
    state: () => store.content(),
    status: () => ({
      nodes: [...store.state.nodes.values()],
      leader: store.voter.address,
      raftIndex: String(store.lastIndex()),
      initialized: true,
      suffrages: store.servers.map(({ id, suffrage }) => ({ hostname: id, kind: suffrageNumbers[suffrage] })),
    }),
    async *backup(identity) {
      const snapshot = await exclusively(() => store.takeSnapshot());
      const takenAtMs = clock.nowMs();
      const facts: SnapshotFacts = {
        clusterId: cluster.clusterId,
        snapshotIndex: snapshot.index,
        snapshotTerm: snapshot.term,
        jacoVersion: writtenVersion,
        takenAt: new Date(takenAtMs).toISOString(),
        leaderAtSnapshot: store.voter.address,
      };
      const { keyring } = store;
      const metadata = encodeMetadata(keyring === undefined ? plainSchema : sealedSchema, facts);
      const state = store.readSnapshot(snapshot);
      yield* composeArchive({
        metadata,
        snapshot: keyring === undefined ? state : keyring.sealSnapshot(state, metadata),
        // The same if it is sealed: state.bin is sealed twice under the same key, too.
        snapshotSizeBytes: snapshot.sizeBytes,
        madeAtMs: takenAtMs,
      });
      await record(auditEventNumbers.backupTaken, { snapshot_index: String(snapshot.index) }, identity);
    },
    async *audit(query, signal) {
      // It subscribes before it reads, so that no event is lost in between; an event that both see is yielded once.
      const live = query.follow ? on(appended, 'event', { signal }) : undefined;
      let lastIndex = 0n;
      for await (const event of auditEventsIn(store.content())) {
        lastIndex = BigInt(event.raftIndex);
        if (isAskedFor(event, query)) yield event;
      }
      if (live === undefined) return;
      for await (const [event] of live as AsyncIterable<[AuditEventMessage]>) {
        if (BigInt(event.raftIndex) > lastIndex && isAskedFor(event, query)) yield event;
      }
    },
    authenticate(token) {
      const hash = sha256(token);
      const known = [...store.state.tokens()].find(
        ({ hashedSecret }) => hashedSecret.length === hash.length && timingSafeEqual(hashedSecret, hash),
      );
      if (known === undefined) return 'token_invalid';
      return known.revokedAt === null ? { identity: known.identity } : 'token_revoked';
    },
    async recordSelf(grpcAddress) {
      const { id: hostname, address } = store.voter;
      const known = store.state.nodes.get(hostname);
      const who = { ts: timestampOf(clock.nowMs()), identity: hostname };
      const commands: Draft<CommandMessage>[] = [];
      if (known?.address !== address) {
        const nodeJoin = {
          ...keysOf(known),
          hostname,
          address,
          grpcAddress: grpcAddress || (known?.grpcAddress ?? ''),
        };
        commands.push({ ...who, nodeJoin });
      } else if (grpcAddress !== '' && known.grpcAddress !== grpcAddress) {
        commands.push({ ...who, nodeUpdateSelf: { hostname, grpcAddress } });
      }
      if (known?.address !== address || known.status !== nodeStatusNumbers.ready) {
        commands.push({ ...who, nodeStatusUpdate: { hostname, status: nodeStatusNumbers.ready } });
      }
      if (commands.length > 0) await submit({ ...who, batch: { children: commands } });
    },
  };
}

/** The fields that a node keeps when it joins again under another address. */
function keysOf(known: NodeMessage | undefined): Partial<NodeJoinMessage> {
  if (known === undefined) return {};
  const { wireguardPubkey, serverCertFingerprint } = known;
  return { wireguardPubkey, serverCertFingerprint };
}

function isAskedFor({ type, ts }: AuditEventMessage, { types, since, until }: AuditQueryRequest): boolean {
  if (types.length > 0 && !types.includes(type)) return false;
  const atMs = ts === null ? 0 : timestampMs(ts);
  return (since === null || atMs >= timestampMs(since)) && (until === null || atMs <= timestampMs(until));
}
