/** What the daemon's configuration file says, as far as restore needs it. Absent keys are undefined. */
export interface DaemonConfiguration {
  /** Where it was read; undefined when there is no file. */
  readonly path: string | undefined;
  /** `cluster_addr`, host:port of the raft transport. */
  readonly clusterAddress: string | undefined;
  /** `data_dir`. */
  readonly dataDirectory: string | undefined;
  /** `unix_socket`. */
  readonly unixSocket: string | undefined;
}

/** Facts of the machine that a restore runs on. */
export interface HostFacts {
  /** This host's name, under which the daemon starts. */
  hostname(): string;
  /** The IP addresses under which others may dial it: those of its interfaces, without loopback and link-local ones. */
  addresses(): readonly string[];
  /** What `jacod --version` prints as its version; undefined when there is no such program, or it prints none. */
  installedDaemonVersion(): Promise<string | undefined>;
  /**
   * The daemon's configuration.
   * @throws configuration_unreadable  the file is there but cannot be read or is not YAML
   */
  daemonConfiguration(): Promise<DaemonConfiguration>;
}
