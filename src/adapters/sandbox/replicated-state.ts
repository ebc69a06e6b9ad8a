import { type SnapshotWalk, stateFields, walkSnapshot } from '../../domain/state/snapshot-content.js';
import { messages } from '../contract/contract.js';
import { auditEventNumbers } from '../contract/enum-numbers.js';
import type {
  AuditEventMessage,
  ClusterMetaMessage,
  CommandMessage,
  NodeMessage,
  TokenMessage,
} from '../contract/messages.js';
import type { RefuseDamage } from '../raft/damaged-store.js';
import { applyCommand } from './apply-command.js';
import { createStateChanges, type StateChanges } from './state-changes.js';

/**
 * The part of the cluster's state that the sandbox needs. The whole state stays on disk: it may be larger than memory,
 * and the sandbox reads nothing else of it.
 */
export interface ReplicatedState {
  cluster(): ClusterMetaMessage | undefined;
  /** By hostname; if a node has two records, the later one counts. */
  readonly nodes: ReadonlyMap<string, NodeMessage>;
  /** If a token has two records, the later one counts. */
  tokens(): Iterable<TokenMessage>;
  /** For every restore in the audit log: `snapshot_index` by `imported_at`. */
  readonly recordedRestores: ReadonlyMap<string, string>;
  /** Loads a snapshot: the caller feeds its bytes to the walk and finishes it. */
  load(refuse: RefuseDamage): SnapshotWalk;
  /**
   * Applies the command of a log entry, and returns the audit events that it added.
   * @throws store_damaged (through `refuse`)  it is not a command, or not one that the sandbox knows
   */
  apply(index: bigint, data: Uint8Array, refuse: RefuseDamage): readonly AuditEventMessage[];
  /** What commands have changed since the last snapshot. */
  readonly changes: StateChanges;
}

const { cluster: clusterField, nodes: nodesField, tokens: tokensField, auditEvents: auditField } = stateFields;
const wantedFields: readonly number[] = [clusterField, nodesField, tokensField, auditField];

/** An empty state. */
export function createReplicatedState(): ReplicatedState {
  let cluster: ClusterMetaMessage | undefined;
  const nodes = new Map<string, NodeMessage>();
  const tokens = new Map<string, TokenMessage>();
  const recordedRestores = new Map<string, string>();
  const changes = createStateChanges();

  function take(field: number, content: Uint8Array): void {
    if (field === clusterField) takeCluster(content);
    else if (field === tokensField) takeToken(messages.token.decode(content));
    else if (field === nodesField) takeNode(messages.node.decode(content));
    else if (field === auditField) takeEvent(messages.auditEvent.decode(content));
  }

  /** As for the daemon, a second record says what has changed since the first; protobufjs would forget the first. */
  function takeCluster(content: Uint8Array): void {
    const before = cluster === undefined ? [] : [messages.cluster.encode(cluster)];
    cluster = messages.cluster.decode(Buffer.concat([...before, content]));
  }

  function takeToken(token: TokenMessage): void {
    tokens.set(token.hashedSecret.toString('hex'), token);
  }

  function takeNode(node: NodeMessage): void {
    nodes.set(node.hostname, node);
  }

  function takeEvent({ type, payload }: AuditEventMessage): void {
    if (type !== auditEventNumbers.restoreCompleted) return;
    const facts = new Map(Object.entries(payload));
    recordedRestores.set(facts.get('imported_at') ?? '', facts.get('snapshot_index') ?? '');
  }

  return {
    cluster: () => cluster,
    nodes,
    tokens: () => tokens.values(),
    recordedRestores,
    changes,
    load: (refuse) =>
      walkSnapshot({
        wants: (field) => wantedFields.includes(field),
        visit(field, _encodedBytes, content) {
          if (content === undefined) return;
          try {
            take(field, content);
          } catch (error) {
            throw refuse(`a record of field ${field} of the state cannot be decoded`, error);
          }
        },
      }),
    apply(index, data, refuse) {
      const added: AuditEventMessage[] = [];
      const known = applyCommand(decodeCommand(index, data, refuse), index, {
        nodes,
        setCluster(found) {
          cluster = found;
          changes.setCluster(found);
        },
        setToken(token) {
          takeToken(token);
          changes.addToken(token);
        },
        setNode(node) {
          takeNode(node);
          changes.setNode(node);
        },
        removeNode(hostname) {
          nodes.delete(hostname);
          changes.removeNode(hostname);
        },
        addEvent(event) {
          takeEvent(event);
          changes.addEvent(event);
          added.push(event);
        },
      });
      if (!known) throw refuse(`log entry ${index} holds a command that the sandbox does not know`);
      return added;
    },
  };
}

function decodeCommand(index: bigint, data: Uint8Array, refuse: RefuseDamage): CommandMessage {
  try {
    return messages.command.decode(data);
  } catch (error) {
    throw refuse(`log entry ${index} holds no command that can be decoded`, error);
  }
}

/** Yields the audit events in the bytes of a state, in order, while the bytes pass. */
export async function* auditEventsIn(
  state: AsyncIterable<Uint8Array>,
): AsyncGenerator<AuditEventMessage, void, undefined> {
  let passed: Uint8Array[] = [];
  const walk = walkSnapshot({
    wants: (field) => field === auditField,
    visit(field, _encodedBytes, content) {
      if (field === auditField && content !== undefined) passed.push(content);
    },
  });
  for await (const bytes of state) {
    walk.feed(bytes);
    for (const content of passed) yield messages.auditEvent.decode(content);
    passed = [];
  }
}
