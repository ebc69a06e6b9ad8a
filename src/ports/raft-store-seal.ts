/** The parts of a raft log entry that are the daemon's, and what names the entry (hashicorp/raft v1.7 log.go Log). */
export interface LogContent {
  readonly index: bigint;
  readonly term: bigint;
  /** A command is for the state machine; the rest is the engine's own business. */
  readonly type: 'command' | 'noop' | 'add-peer' | 'remove-peer' | 'barrier' | 'configuration';
  /** Empty where the engine holds none. */
  readonly data: Uint8Array;
  /** Opaque to the engine; empty unless some layer above uses it. */
  readonly extensions: Uint8Array;
}

/** What the meta.json beside a state will say, but for the size and the checksum, which are of the bytes as they are kept. */
export interface SnapshotName {
  /** `<term>-<index>-<unix ms>`. */
  readonly id: string;
  readonly index: bigint;
  readonly term: bigint;
  readonly configurationIndex: bigint;
  /** All members of the configuration; each address is host:port. */
  readonly voters: readonly { readonly id: string; readonly address: string }[];
}

/**
 * How a daemon wants the content of its raft store: as it is, or encrypted, each part bound to its place. The files around it
 * are the engine's, whatever the daemon.
 */
export interface RaftStoreSeal {
  /**
   * The bytes of state.bin, with back-pressure and in bounded memory. What `state` throws is thrown on, and nothing may be made
   * of the bytes until the iteration has ended.
   */
  sealState(state: AsyncIterable<Uint8Array>, name: SnapshotName): AsyncIterable<Uint8Array>;
  /** What is stored of a log entry. */
  sealEntry(entry: LogContent): Pick<LogContent, 'data' | 'extensions'>;
  /** What the stable store of log.db holds beside the engine's own keys. */
  stableValues(): ReadonlyMap<string, Uint8Array>;
}
