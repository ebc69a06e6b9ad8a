import type { InterfaceAddress } from '../domain/cluster/daemon-interface.js';

/** What the daemon's configuration file says, as far as restore needs it. Absent keys are undefined. */
export interface DaemonConfiguration {
  /** Where it was read; undefined when there is no file. */
  readonly path: string | undefined;
  /** `cluster_addr`, host:port of the raft transport. */
  readonly clusterAddress: string | undefined;
  /** `listen_addr`, host:port of the gRPC server. */
  readonly listenAddress: string | undefined;
  /** `data_dir`. */
  readonly dataDirectory: string | undefined;
  /** `unix_socket`. */
  readonly unixSocket: string | undefined;
}

/** Facts of the machine that a restore runs on. */
export interface HostFacts {
  /** This host's name, under which the daemon starts. */
  hostname(): string;
  /** The addresses of its network interfaces, in any order. */
  interfaces(): Promise<readonly InterfaceAddress[]>;
  /** The address that a program binds here for `name`, IPv4 before IPv6; undefined where it cannot be resolved. */
  resolve(name: string): Promise<string | undefined>;
  /** What `jacod --version` prints as its version; undefined when there is no such program, or it prints none. */
  installedDaemonVersion(): Promise<string | undefined>;
  /**
   * The daemon's configuration.
   * @throws configuration_unreadable  the file is there but cannot be read, is not YAML, or has no text for one of these keys
   */
  daemonConfiguration(): Promise<DaemonConfiguration>;
}
