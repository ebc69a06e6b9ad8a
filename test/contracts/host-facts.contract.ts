import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DaemonConfiguration, HostFacts } from '../../src/ports/host-facts.js';
import { codeOf } from '../builders/outcome.js';
import { skipTest } from '../skipping.js';

/** The wanted facts of a machine. */
export interface HostWish {
  /** The version of an installed daemon; absent if no daemon is installed. */
  readonly daemonVersion?: string;
  /** Whether systemd passes the daemon a keyring. */
  readonly hasCredential?: boolean;
  /** What the daemon's configuration file holds; absent when there is no file. */
  readonly configuration?: Partial<Omit<DaemonConfiguration, 'path'>> | 'unreadable';
}

/** One implementation on one machine. */
export interface Harness {
  readonly facts: HostFacts;
  close(): Promise<void>;
}

/** A label too long for a name: no server is asked for it. */
const unresolvable = 'x'.repeat(64);

const nothingSaid = {
  clusterAddress: undefined,
  listenAddress: undefined,
  dataDirectory: undefined,
  unixSocket: undefined,
};

/**
 * What {@link HostFacts} promises, for any implementation. `open` makes such a machine, or returns undefined if it
 * cannot.
 */
export function hostFactsContract(name: string, open: (wish: HostWish) => Promise<Harness | undefined>): void {
  const test = suite(`HostFacts contract: ${name}`);

  const on = async <Result>(
    wish: HostWish,
    ask: (facts: HostFacts) => Promise<Result>,
  ): Promise<Result | undefined> => {
    const harness = await open(wish);
    if (harness === undefined) return undefined;
    try {
      return await ask(harness.facts);
    } finally {
      await harness.close();
    }
  };
  const configurationOf = (wish: HostWish) => on(wish, (facts) => facts.daemonConfiguration());
  const told = async (wish: HostWish) => (await configurationOf(wish)) as DaemonConfiguration;

  test('returns the name of the host', async () => {
    assert.match((await on({ configuration: {} }, async (facts) => facts.hostname())) ?? '', /^\S+$/);
  });

  test('returns the addresses of the interfaces, with loopback marked', async () => {
    const found = (await on({ configuration: {} }, (facts) => facts.interfaces())) ?? [];
    const loopback = found.filter(({ address }) => address === '127.0.0.1');
    assert.equal(loopback, [{ name: 'lo', address: '127.0.0.1', internal: true }]);
    assert.ok(found.every(({ name, internal }) => internal === (name === 'lo')));
  });

  test('resolves a name, IPv4 first, and returns nothing for an unknown one', async () => {
    assert.is(await on({ configuration: {} }, (facts) => facts.resolve('localhost')), '127.0.0.1');
    assert.is(await on({ configuration: {} }, (facts) => facts.resolve(unresolvable)), undefined);
  });

  for (const version of ['v0.3.9', '0.0.1-dev', 'dev', 'v1.2.3-rc.1+build.5']) {
    test(`reports that version ${version} is installed`, async () => {
      assert.is(
        await on({ daemonVersion: version, configuration: {} }, (facts) => facts.installedDaemonVersion()),
        version,
      );
    });
  }

  test('reports no version if no daemon is installed', async () => {
    assert.is(await on({ configuration: {} }, (facts) => facts.installedDaemonVersion()), undefined);
  });

  test('reports what shows that systemd passes a keyring to the daemon, if it does', async () => {
    const credential = (wish: HostWish) => on(wish, (facts) => facts.stateKeyCredential());
    assert.type(await credential({ hasCredential: true, configuration: {} }), 'string');
    assert.is(await credential({ configuration: {} }), undefined);
  });

  test('returns nothing without a configuration', async () => {
    const found = await configurationOf({});
    if (found === undefined) return skipTest(`this machine has a configuration of jacod (${name})`);
    assert.equal(found, { path: undefined, ...nothingSaid });
  });

  test('returns the configuration', async () => {
    const configuration = {
      clusterAddress: '10.0.0.7:7001',
      listenAddress: '10.0.0.7:7000',
      dataDirectory: '/srv/jaco',
      unixSocket: '/run/jaco.sock',
      stateKeyFile: '/etc/jaco/state-keys.json',
    };
    const { path, ...found } = await told({ configuration });
    assert.type(path, 'string');
    assert.equal(found, configuration);
  });

  test('omits missing keys of the configuration', async () => {
    const { path, ...found } = await told({ configuration: { dataDirectory: '/srv/jaco' } });
    assert.type(path, 'string');
    assert.equal(found, { ...nothingSaid, dataDirectory: '/srv/jaco' });
  });

  test('takes an empty configuration', async () => {
    const { path, ...found } = await told({ configuration: {} });
    assert.type(path, 'string');
    assert.equal(found, nothingSaid);
  });

  test('says when the configuration cannot be understood', async () => {
    assert.is(await codeOf(configurationOf({ configuration: 'unreadable' })), 'configuration_unreadable');
  });

  test.run();
}
