import { hostname } from 'node:os';
import type { HostFacts } from '../../ports/host-facts.js';
import { readDaemonConfiguration } from './daemon-configuration.js';
import { interfaceAddresses, resolveName } from './network-addresses.js';
import { outputOf } from './program-output.js';
import { findStateKeyCredential, systemUnitDirectories } from './state-key-credential.js';

/** A version anywhere in a line: "jacod v0.3.9 (linux/amd64)", "jacod version dev". */
const versionInText = /(?:^|\s)(v?[0-9]+\.[0-9]+\.[0-9]+(?:[-+][0-9A-Za-z.+-]+)?|dev)(?=[\s,;)]|$)/m;

/**
 * Facts about this machine. `environment` gives PATH, to find jacod and ip. `configurationPath` is the path of
 * jacod.yaml; undefined means its usual place, where it may be missing. A jacod that does not print its version within
 * `versionDeadlineMs` milliseconds is stopped and counts as having no version.
 */
export function createNodeHostFacts(
  environment: Readonly<Record<string, string | undefined>>,
  configurationPath?: string,
  versionDeadlineMs = 5_000,
  unitDirectories = systemUnitDirectories,
): HostFacts {
  return {
    hostname,
    interfaces: () => interfaceAddresses(environment),
    resolve: resolveName,
    async installedDaemonVersion() {
      // No version: the next rule decides.
      const printed = await outputOf('jacod', ['--version'], environment, versionDeadlineMs);
      return printed === undefined ? undefined : versionInText.exec(printed)?.[1];
    },
    stateKeyCredential: () => findStateKeyCredential(environment, unitDirectories),
    daemonConfiguration: () => readDaemonConfiguration(configurationPath),
  };
}
