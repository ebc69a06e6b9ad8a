import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { createNodeHostFacts } from '../../../src/adapters/host/node-host-facts.js';
import { type HostWish, hostFactsContract } from '../../contracts/host-facts.contract.js';
import { createInMemoryHostFacts } from '../../fakes/in-memory-host-facts.js';

hostFactsContract('this machine', async (wish) => {
  if (wish.configuration === undefined && existsSync('/etc/jaco/jacod.yaml')) return undefined;
  const directory = await mkdtemp(join(tmpdir(), 'jaco-test-'));
  const configurationPath = join(directory, 'jacod.yaml');
  if (wish.configuration !== undefined) await writeFile(configurationPath, yamlOf(wish.configuration));
  if (wish.daemonVersion !== undefined) {
    const script = `#!/bin/sh\n[ "$1" = --version ] && echo "jacod version ${wish.daemonVersion} (linux/amd64)"\n`;
    await writeFile(join(directory, 'jacod'), script, { mode: 0o755 });
  }
  if (wish.hasCredential === true) {
    await writeFile(join(directory, 'jaco.service'), '[Service]\nLoadCredential=jaco-state-keys:/keys.json\n');
  }
  const path = wish.configuration === undefined ? undefined : configurationPath;
  return {
    facts: createNodeHostFacts({ PATH: directory }, path, 5_000, [directory]),
    close: () => rm(directory, { recursive: true, force: true }),
  };
});

hostFactsContract('in memory', async (wish) => ({
  facts: createInMemoryHostFacts({
    ...wish,
    stateKeyCredential: wish.hasCredential === true ? '/jaco.service' : undefined,
  }),
  close: async () => undefined,
}));

function yamlOf(configuration: NonNullable<HostWish['configuration']>): string {
  if (configuration === 'unreadable') return 'cluster_addr: [';
  const { clusterAddress, listenAddress, dataDirectory, unixSocket, stateKeyFile } = configuration;
  const addresses = { cluster_addr: clusterAddress, listen_addr: listenAddress };
  const fields = { ...addresses, data_dir: dataDirectory, unix_socket: unixSocket, state_key_file: stateKeyFile };
  // The daemon has other settings, which restore ignores.
  return stringify({ log_level: 'info', ...fields });
}
