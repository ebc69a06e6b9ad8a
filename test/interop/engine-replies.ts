/** One write as the engine applied it. */
export interface Write {
  readonly name: string;
  /** The raft log index at which it was applied. */
  readonly index: bigint;
}

/** What writers under load achieved. */
export interface Load {
  readonly acknowledged: readonly Write[];
  readonly failed: readonly string[];
}

/** The replicated state of one node. */
export interface StateDump {
  readonly clusterId: string;
  /** SHA-256 of the state's bytes. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** What the engine passed on when it last restored a snapshot; `count` is 0 if it never did. */
  readonly restored: { readonly digest: string; readonly sizeBytes: number; readonly count: number };
  readonly writes: readonly Write[];
  readonly audit: readonly {
    readonly index: bigint;
    readonly type: number;
    readonly payload: Readonly<Record<string, string>>;
  }[];
  /** As the state records them, by name; `status` is the number of jaco.v1.NodeStatus. */
  readonly nodes: readonly {
    readonly hostname: string;
    readonly address: string;
    readonly grpcAddress: string;
    readonly status: number;
  }[];
}

/** One member of a raft configuration. */
export interface Server {
  readonly id: string;
  readonly address: string;
  readonly suffrage: 'Voter' | 'Nonvoter';
}

/** One snapshot as the engine's own store lists it. */
export interface SnapshotEntry {
  readonly id: string;
  readonly index: bigint;
  readonly term: bigint;
  readonly configurationIndex: bigint;
  readonly sizeBytes: bigint;
  readonly servers: readonly Server[];
  /**
   * Whether the store opened it, with its checksum, and the SHA-256 of the content; only in the reply of `describe`.
   */
  readonly opens: boolean;
  readonly digest: string;
}

/** The engine's own report. */
export interface NodeStats {
  readonly state: 'Leader' | 'Follower' | 'Candidate' | 'Shutdown';
  /** It leads, and has written what a leader writes first: from here on only the test changes its state. */
  readonly settled: boolean;
  readonly term: bigint;
  readonly leader: string;
  readonly leaderId: string;
  readonly firstIndex: bigint;
  readonly lastIndex: bigint;
  readonly appliedIndex: bigint;
  readonly configuration: readonly Server[];
  /** Newest first. */
  readonly snapshots: readonly SnapshotEntry[];
}

/** What the engine's own stores read from a raft directory. */
export interface RaftDirectory {
  readonly currentTerm: bigint | null;
  readonly lastVoteTerm: bigint | null;
  readonly lastVoteCand: string;
  readonly firstIndex: bigint;
  readonly lastIndex: bigint;
  readonly lastLogTerm: bigint;
  readonly entries: number;
  /** SHA-256 of all entries, their numbers, times and bytes. */
  readonly logDigest: string;
  /** Newest first, by the engine's order. */
  readonly snapshots: readonly SnapshotEntry[];
}

/** What is in an archive, read by the engine's side with its own tar, gzip and protobuf. */
export interface ArchiveReport {
  readonly clusterId: string;
  readonly snapshotIndex: bigint;
  readonly snapshotTerm: bigint;
  readonly leaderAtSnapshot: string;
  readonly jacoVersion: string;
  readonly takenAt: string;
  readonly state: StateDump;
}

/** The same, with the digest by which states are compared however they are encoded. */
export interface ArchiveReading extends ArchiveReport {
  readonly canonicalDigest: string;
}

/** One line from a node: the answer to a request, or its readiness, which has no number. */
export interface Reply {
  readonly number?: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** The names under which unsigned 64-bit numbers travel; they are written as strings. */
const uint64Names = new Set([
  'index',
  'term',
  'configurationIndex',
  'sizeBytes',
  'firstIndex',
  'lastIndex',
  'appliedIndex',
  'currentTerm',
  'lastVoteTerm',
  'lastLogTerm',
  'snapshotIndex',
  'snapshotTerm',
]);

/** Reads JSON of the engine's side; what it wrote as a string under one of those names becomes a bigint. */
export function parseEngineJson(text: string): unknown {
  return JSON.parse(text, (name, value: unknown) =>
    uint64Names.has(name) && typeof value === 'string' ? BigInt(value) : value,
  );
}

export function parseReply(line: string): Reply {
  return parseEngineJson(line) as Reply;
}
