import { collectFindings, keyIn, type RecordedNode, type SnapshotFindings } from '../archive/snapshot-findings.js';
import { commandFields, commandKind, visitCommands } from '../state/command.js';
import { type RecordFields, readFields } from '../state/record-fields.js';

/** What a recovery extracts from a store while its snapshot and the later entries pass. */
export interface StoreFindings extends SnapshotFindings {
  /**
   * Takes in the command of a log entry: `bytes` from `start` to `end`.
   * @returns false if a daemon does not write such a command
   */
  command(bytes: Uint8Array, start: number, end: number): boolean;
  /** How many commands of each kind have passed, in plain words, the most frequent first. */
  kinds(): readonly CommandCount[];
}

/** How often a kind of command occurred. */
export interface CommandCount {
  readonly kind: string;
  readonly count: number;
}

/** jaco.v1.NodeJoin. */
const joinFields = { hostname: 1, address: 2, serverCertFingerprint: 3, wireguardPubkey: 4 } as const;
/** jaco.v1.NodeStatusUpdate; status 0 leaves the node's status unchanged, 2 is READY. */
const statusFields = { hostname: 1, status: 2 } as const;
const statusReady = 2;
/** jaco.v1.NodeUpdateSelf. */
const selfFields = { hostname: 1, wireguardPubkey: 2 } as const;
/** jaco.v1.ClusterInit; its first three fields are those of jaco.v1.ClusterMeta. */
const initFields = { selfHostname: 5, selfAddress: 6 } as const;

/** The commands that change a node's or the cluster's record. */
const appliedFields: ReadonlySet<number> = new Set([
  commandFields.clusterInit,
  commandFields.nodeJoin,
  commandFields.nodeRemove,
  commandFields.nodeStatusUpdate,
  commandFields.nodeUpdateSelf,
]);

/** Findings of a store of which nothing has been read yet. */
export function collectStoreFindings(): StoreFindings {
  const findings = collectFindings();
  /** By the number of a command's field. */
  const counts: number[] = [];
  /** The commands of one entry, which count only once it is whole: field, start and end of each. */
  const seen: number[] = [];
  let seenNumbers = 0;
  const see = (field: number, start: number, end: number): void => {
    seen[seenNumbers] = field;
    seen[seenNumbers + 1] = start;
    seen[seenNumbers + 2] = end;
    seenNumbers += 3;
  };
  return {
    ...findings,
    command(bytes, start, end) {
      seenNumbers = 0;
      if (!visitCommands(bytes, start, end, see)) return false;
      for (let at = 0; at < seenNumbers; at += 3) {
        const [field, from, to] = [seen[at], seen[at + 1], seen[at + 2]] as [number, number, number];
        counts[field] = (counts[field] ?? 0) + 1;
        if (appliedFields.has(field)) applyTo(findings, field, readFields(bytes.subarray(from, to)));
      }
      return true;
    },
    kinds: () => countsOf(counts),
  };
}

/** The most frequent first, then by name. */
function countsOf(counts: readonly number[]): readonly CommandCount[] {
  return Object.entries(counts)
    .map(([field, count]) => ({ kind: commandKind(Number(field)), count }))
    .sort((one, other) => other.count - one.count || (one.kind < other.kind ? -1 : 1));
}

/** Applies a command as the daemon's state machine does (jacod v0.3.9), for nodes and the cluster's record only. */
function applyTo(findings: SnapshotFindings, field: number, record: RecordFields): void {
  const hostname = record.text(joinFields.hostname);
  const known = () => findings.nodes().find((node) => node.hostname === hostname);
  switch (field) {
    case commandFields.clusterInit: {
      findings.setCluster(record);
      const self = record.text(initFields.selfHostname);
      if (self !== '')
        findings.setNode({ ...nobody, hostname: self, address: record.text(initFields.selfAddress), ready: true });
      return;
    }
    case commandFields.nodeJoin:
      findings.setNode({
        hostname,
        address: record.text(joinFields.address),
        ready: false,
        wireguardPubkey: keyIn(record, joinFields.wireguardPubkey),
        serverCertFingerprint: keyIn(record, joinFields.serverCertFingerprint),
      });
      return;
    case commandFields.nodeRemove:
      findings.removeNode(hostname);
      return;
    case commandFields.nodeStatusUpdate: {
      const node = known();
      const status = record.numbers.get(statusFields.status) ?? 0;
      if (node !== undefined && status !== 0) findings.setNode({ ...node, ready: status === statusReady });
      return;
    }
    case commandFields.nodeUpdateSelf: {
      const node = known();
      const wireguardPubkey = keyIn(record, selfFields.wireguardPubkey);
      if (node !== undefined && wireguardPubkey.length > 0) findings.setNode({ ...node, wireguardPubkey });
    }
  }
}

const nothing = new Uint8Array(0);
const nobody: RecordedNode = {
  hostname: '',
  address: '',
  ready: false,
  wireguardPubkey: nothing,
  serverCertFingerprint: nothing,
};
