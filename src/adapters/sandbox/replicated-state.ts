import { type SnapshotWalk, stateFields, walkSnapshot } from '../../domain/snapshot-content.js';
import { messages } from '../contract/contract.js';
import type { AuditEventMessage, ClusterMetaMessage, NodeMessage, TokenMessage } from '../contract/messages.js';
import type { RefuseDamage } from '../raft/damaged-store.js';

/**
 * What the sandbox itself needs to know of the cluster's state. The state as a whole stays on disk: it may be larger
 * than memory, and nothing else of it is ever looked at.
 */
export interface ReplicatedState {
  cluster(): ClusterMetaMessage | undefined;
  /** By hostname; of two records of one node the later counts. */
  readonly nodes: ReadonlyMap<string, NodeMessage>;
  /** Of two records of one token the later counts. */
  tokens(): Iterable<TokenMessage>;
  /** `imported_at` of every restore that the audit log knows. */
  readonly recordedRestores: ReadonlySet<string>;
  /** Takes in a state or a piece of one; its bytes are fed to the walk, which the caller finishes. */
  merge(refuse: RefuseDamage): SnapshotWalk;
}

/** jaco.v1.AuditEventType, as far as the sandbox writes them itself. */
export const auditEventNumbers = {
  apply: 1,
  nodeJoin: 4,
  tokenIssue: 6,
  certificateIssued: 8,
  backupTaken: 13,
  restoreCompleted: 14,
} as const;

const { cluster: clusterField, nodes: nodesField, tokens: tokensField, auditEvents: auditField } = stateFields;
const wantedFields: readonly number[] = [clusterField, nodesField, tokensField, auditField];

/** A state that nothing has been merged into yet. */
export function createReplicatedState(): ReplicatedState {
  let cluster: ClusterMetaMessage | undefined;
  const nodes = new Map<string, NodeMessage>();
  const tokens = new Map<string, TokenMessage>();
  const recordedRestores = new Set<string>();

  function take(field: number, content: Uint8Array): void {
    if (field === clusterField) cluster = messages.cluster.decode(content);
    else if (field === tokensField) {
      const token = messages.token.decode(content);
      tokens.set(token.hashedSecret.toString('hex'), token);
    } else if (field === nodesField) {
      const node = messages.node.decode(content);
      nodes.set(node.hostname, node);
    } else if (field === auditField) {
      const event = messages.auditEvent.decode(content);
      if (event.type !== auditEventNumbers.restoreCompleted) return;
      recordedRestores.add(new Map(Object.entries(event.payload)).get('imported_at') ?? '');
    }
  }

  return {
    cluster: () => cluster,
    nodes,
    tokens: () => tokens.values(),
    recordedRestores,
    merge: (refuse) =>
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
  };
}

/** The audit events in the bytes of a state, in their order, as they pass. */
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
