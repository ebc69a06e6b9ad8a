import { readMessage, wireType } from './protobuf-reader.js';
import { type SnapshotVisitor, stateFields } from './snapshot-content.js';

/** A node as the state records it. */
export interface RecordedNode {
  readonly hostname: string;
  /** Raft transport address, host:port. */
  readonly address: string;
}

/** The cluster's CA, PEM both. */
export interface ClusterAuthority {
  readonly certificate: string;
  /** PKCS #8. Secret. */
  readonly key: string;
}

/** What a restore takes from a state beside its bytes, while they pass. */
export interface SnapshotFindings extends SnapshotVisitor {
  /** In the order of their first record; of two records of one node the later counts. */
  nodes(): readonly RecordedNode[];
  /** Undefined where the state holds none. */
  authority(): ClusterAuthority | undefined;
}

/** Field numbers of jaco.v1.Node and jaco.v1.ClusterMeta (proto/jaco/v1). */
const nodeFields = { hostname: 1, address: 2 } as const;
const clusterFields = { certificate: 2, key: 3 } as const;

/** Starts with nothing found. */
export function collectFindings(): SnapshotFindings {
  const nodes = new Map<string, RecordedNode>();
  const cluster = new Map<number, string>();
  return {
    wants: (field) => field === stateFields.nodes || field === stateFields.cluster,
    visit(field, _encodedBytes, content) {
      if (content === undefined) return;
      if (field === stateFields.cluster) for (const [number, text] of textFields(content)) cluster.set(number, text);
      if (field !== stateFields.nodes) return;
      const texts = textFields(content);
      const hostname = texts.get(nodeFields.hostname) ?? '';
      if (hostname !== '') nodes.set(hostname, { hostname, address: texts.get(nodeFields.address) ?? '' });
    },
    nodes: () => [...nodes.values()],
    authority() {
      const certificate = cluster.get(clusterFields.certificate) ?? '';
      const key = cluster.get(clusterFields.key) ?? '';
      return certificate === '' || key === '' ? undefined : { certificate, key };
    },
  };
}

/** The text of the fields of one whole record, by their numbers; of a field given twice the later counts. */
function textFields(record: Uint8Array): ReadonlyMap<number, string> {
  const texts = new Map<number, string>();
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let field = 0;
  let delimited = false;
  const reader = readMessage('the record', {
    field(number, type) {
      field = number;
      delimited = type === wireType.lengthDelimited;
      return undefined;
    },
    // The record is fed whole, so that each value comes in one piece.
    bytes(piece) {
      if (delimited) texts.set(field, decoder.decode(piece));
    },
  });
  reader.feed(record);
  return texts;
}
