import { stateFields } from '../../domain/state/snapshot-content.js';
import { messages } from '../contract/contract.js';
import type { AuditEventMessage, ClusterMetaMessage, NodeMessage, TokenMessage } from '../contract/messages.js';
import { withoutRecords } from './without-records.js';

/** The changes of commands since a snapshot: these are in memory, the snapshot stays on disk. */
export interface StateChanges {
  setCluster(cluster: ClusterMetaMessage): void;
  addToken(token: TokenMessage): void;
  setNode(node: NodeMessage): void;
  removeNode(hostname: string): void;
  addEvent(event: AuditEventMessage): void;
  /**
   * The state after the changes. Unchanged records come from `snapshot`, which returns the same bytes each time, byte
   * for byte and in order. A changed node occurs twice, and the later record counts.
   */
  appliedTo(snapshot: () => AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** The same, with each node once, as in the daemon's own snapshots. */
  foldedInto(snapshot: () => AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** Forgets them: a snapshot holds them now. */
  forget(): void;
}

const { nodes: nodesField, subnets: subnetsField } = stateFields;

/** No changes yet. */
export function createStateChanges(): StateChanges {
  let cluster: ClusterMetaMessage | undefined;
  const nodes = new Map<string, NodeMessage>();
  /** Hosts whose records in the snapshot are gone. */
  const removed = new Set<string>();
  const tokens: TokenMessage[] = [];
  const auditEvents: AuditEventMessage[] = [];

  /** Appending the bytes of one message to another merges them (protobuf.dev, "Last One Wins"). */
  function piece(): Uint8Array {
    const changed = { nodes: [...nodes.values()], tokens, auditEvents };
    return messages.state.encode(cluster === undefined ? changed : { cluster, ...changed });
  }

  /** The changes at the start of the reading, without later ones. */
  async function* applied(
    snapshot: () => AsyncIterable<Uint8Array>,
    replaced: ReadonlyMap<string, unknown>,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const changes = piece();
    const freed = new Set(removed);
    const gone = new Set([...removed, ...replaced.keys()]);
    const remaining =
      gone.size === 0
        ? snapshot()
        : withoutRecords(snapshot, {
            wants: (field) => field === nodesField || (field === subnetsField && freed.size > 0),
            isGone: (field, content) =>
              field === nodesField
                ? gone.has(messages.node.decode(content).hostname)
                : freed.has(messages.subnet.decode(content).host),
          });
    yield* remaining;
    if (changes.length > 0) yield changes;
  }

  return {
    setCluster(found) {
      cluster = found;
    },
    addToken: (token) => void tokens.push(token),
    setNode: (node) => void nodes.set(node.hostname, node),
    removeNode(hostname) {
      nodes.delete(hostname);
      removed.add(hostname);
    },
    addEvent: (event) => void auditEvents.push(event),
    appliedTo: (snapshot) => applied(snapshot, new Map()),
    foldedInto: (snapshot) => applied(snapshot, nodes),
    forget() {
      cluster = undefined;
      nodes.clear();
      removed.clear();
      tokens.length = 0;
      auditEvents.length = 0;
    },
  };
}
