import { JacoError } from '../../src/domain/errors.js';
import type { DaemonConfiguration, HostFacts } from '../../src/ports/host-facts.js';

/** A machine as a test wants it. */
export interface InMemoryHost {
  readonly hostname?: string;
  readonly addresses?: readonly string[];
  /** What `jacod --version` tells; absent where there is no such program, or it tells none. */
  readonly daemonVersion?: string | undefined;
  /** What is in the daemon's configuration file; absent where there is no file. */
  readonly configuration?: Partial<DaemonConfiguration> | 'unreadable' | undefined;
}

/** {@link HostFacts} that a test makes up. */
export function createInMemoryHostFacts(host: InMemoryHost = {}): HostFacts {
  return {
    hostname: () => host.hostname ?? 'recovered',
    addresses: () => host.addresses ?? ['10.0.0.7'],
    installedDaemonVersion: async () => host.daemonVersion,
    async daemonConfiguration() {
      const { configuration } = host;
      if (configuration === 'unreadable') {
        throw new JacoError('configuration_unreadable', 'cannot read jacod.yaml: it is not YAML.');
      }
      const path = configuration === undefined ? undefined : '/etc/jaco/jacod.yaml';
      return { path, clusterAddress: undefined, dataDirectory: undefined, unixSocket: undefined, ...configuration };
    },
  };
}
