/** The daemon's parts of a raft log entry, and its position (hashicorp/raft v1.7 log.go Log). */
export interface LogContent {
  readonly index: bigint;
  readonly term: bigint;
  /** A command is for the state machine; the other types are internal to the engine. */
  readonly type: 'command' | 'noop' | 'add-peer' | 'remove-peer' | 'barrier' | 'configuration';
  /** Empty if the engine has no data. */
  readonly data: Uint8Array;
  /** Opaque to the engine; empty unless a layer above uses it. */
  readonly extensions: Uint8Array;
}

/** What the meta.json of a snapshot will say, except size and checksum, which are those of the stored bytes. */
export interface SnapshotName {
  /** `<term>-<index>-<unix ms>`. */
  readonly id: string;
  readonly index: bigint;
  readonly term: bigint;
  readonly configurationIndex: bigint;
  /** All members of the configuration, in its order; each address is host:port. */
  readonly servers: readonly {
    readonly suffrage: 'voter' | 'nonvoter' | 'staging';
    readonly id: string;
    readonly address: string;
  }[];
}

/**
 * How a daemon stores the content of its raft store: in clear text, or encrypted, with each part bound to its position.
 * The files themselves are the engine's for every daemon.
 */
export interface RaftStoreSeal {
  /**
   * The bytes of state.bin, with back-pressure and in bounded memory. Rethrows what `state` throws. Callers must not
   * rely on the bytes until the iteration has ended.
   */
  sealState(state: AsyncIterable<Uint8Array>, name: SnapshotName): AsyncIterable<Uint8Array>;
  /** The stored form of a log entry. */
  sealEntry(entry: LogContent): Pick<LogContent, 'data' | 'extensions'>;
  /** What the stable store of log.db holds in addition to the engine's own keys. */
  stableValues(): ReadonlyMap<string, Uint8Array>;
}
