import { hostname } from 'node:os';
import type { HostFacts } from '../../ports/host-facts.js';
import { readDaemonConfiguration } from './daemon-configuration.js';
import { interfaceAddresses, resolveName } from './network-addresses.js';
import { outputOf } from './program-output.js';

/** A version as it may stand anywhere in a line: "jacod v0.3.9 (linux/amd64)", "jacod version dev". */
const versionInText = /(?:^|\s)(v?[0-9]+\.[0-9]+\.[0-9]+(?:[-+][0-9A-Za-z.+-]+)?|dev)(?=[\s,;)]|$)/m;

/**
 * Facts of this machine; `environment` gives PATH, on which jacod and ip are looked for, and `configurationPath` says where
 * jacod.yaml is; undefined looks for it in its usual place, where it need not be. A jacod that does not
 * tell its version within `versionDeadlineMs` milliseconds is stopped and counts as one that cannot.
 */
export function createNodeHostFacts(
  environment: Readonly<Record<string, string | undefined>>,
  configurationPath?: string,
  versionDeadlineMs = 5_000,
): HostFacts {
  return {
    hostname,
    interfaces: () => interfaceAddresses(environment),
    resolve: resolveName,
    async installedDaemonVersion() {
      // One that cannot tell: the next rule decides.
      const printed = await outputOf('jacod', ['--version'], environment, versionDeadlineMs);
      return printed === undefined ? undefined : versionInText.exec(printed)?.[1];
    },
    daemonConfiguration: () => readDaemonConfiguration(configurationPath),
  };
}
