import type { InterfaceAddress } from '../domain/cluster/daemon-interface.js';

/** The part of the daemon's configuration file that restore needs. Absent keys are undefined. */
export interface DaemonConfiguration {
  /** The path of the file; undefined if there is no file. */
  readonly path: string | undefined;
  /** `cluster_addr`, host:port of the raft transport. */
  readonly clusterAddress: string | undefined;
  /** `listen_addr`, host:port of the gRPC server. */
  readonly listenAddress: string | undefined;
  /** `data_dir`. */
  readonly dataDirectory: string | undefined;
  /** `unix_socket`. */
  readonly unixSocket: string | undefined;
  /** `state_key_file`: only daemons that seal their state have it. */
  readonly stateKeyFile?: string | undefined;
}

/** Facts about the machine that a restore runs on. */
export interface HostFacts {
  /** This host's name, under which the daemon starts. */
  hostname(): string;
  /** The addresses of its network interfaces that are up, in any order. */
  interfaces(): Promise<readonly InterfaceAddress[]>;
  /** The address that a program binds here for `name`, IPv4 before IPv6; undefined if it cannot be resolved. */
  resolve(name: string): Promise<string | undefined>;
  /** The version that `jacod --version` prints; undefined if there is no such program, or it prints no version. */
  installedDaemonVersion(): Promise<string | undefined>;
  /**
   * The file by which systemd passes a keyring to the daemon, as its credential jaco-state-keys: the credential itself,
   * or the unit that has it. Undefined if none is found.
   */
  stateKeyCredential(): Promise<string | undefined>;
  /**
   * The daemon's configuration.
   * @throws configuration_unreadable  the file is there but cannot be read, is not YAML, or has a value other than text
   * for one of these keys
   */
  daemonConfiguration(): Promise<DaemonConfiguration>;
}
