import type { InterfaceAddress } from '../../src/domain/cluster/daemon-interface.js';
import { JacoError } from '../../src/domain/errors.js';
import type { DaemonConfiguration, HostFacts } from '../../src/ports/host-facts.js';

const loopback: InterfaceAddress = { name: 'lo', address: '127.0.0.1', internal: true };
const privateInterface: InterfaceAddress = { name: 'eth0', address: '10.0.0.7', internal: false };

const nothingConfigured = {
  clusterAddress: undefined,
  listenAddress: undefined,
  dataDirectory: undefined,
  unixSocket: undefined,
};

/** A machine as a test wants it. */
export interface InMemoryHost {
  readonly hostname?: string;
  readonly interfaces?: readonly InterfaceAddress[];
  /** The addresses of names here, besides localhost. */
  readonly names?: Readonly<Record<string, string>>;
  /** The version that `jacod --version` prints; absent if there is no such program, or it prints no version. */
  readonly daemonVersion?: string | undefined;
  /** What shows that systemd passes the daemon a keyring; absent if nothing does. */
  readonly stateKeyCredential?: string | undefined;
  /** What is in the daemon's configuration file; absent if there is no file. */
  readonly configuration?: Partial<DaemonConfiguration> | 'unreadable' | undefined;
}

/** {@link HostFacts} that a test makes up. */
export function createInMemoryHostFacts(host: InMemoryHost = {}): HostFacts {
  return {
    hostname: () => host.hostname ?? 'recovered',
    interfaces: async () => [loopback, ...(host.interfaces ?? [privateInterface])],
    resolve: async (name) => ({ localhost: '127.0.0.1', ...host.names })[name],
    installedDaemonVersion: async () => host.daemonVersion,
    stateKeyCredential: async () => host.stateKeyCredential,
    async daemonConfiguration() {
      const { configuration } = host;
      if (configuration === 'unreadable') {
        throw new JacoError('configuration_unreadable', 'cannot read jacod.yaml: it is not YAML.');
      }
      const path = configuration === undefined ? undefined : '/etc/jaco/jacod.yaml';
      return { path, ...nothingConfigured, ...configuration };
    },
  };
}
