import type { Clock } from '../../ports/clock.js';
import type {
  DaemonSocket,
  DataDirectoryInspection,
  DataDirectoryInspector,
} from '../../ports/data-directory-inspector.js';
import type { DaemonConfiguration, HostFacts } from '../../ports/host-facts.js';
import { isJacoError } from '../errors.js';
import { defaultDataDirectory, defaultSocket } from '../values/daemon-defaults.js';
import { namesToResolve } from './advertised-addresses.js';
import type { NodeHost } from './node-plan.js';

/** The ports that look at the host and the data directory. */
export interface NodePorts {
  readonly directories: DataDirectoryInspector;
  readonly host: HostFacts;
  readonly clock: Clock;
}

/** The operator's input about the node's host; the host decides what is left open. */
export interface NodeWish {
  /** host:port of the raft transport. */
  readonly advertiseAddress: string | undefined;
  /** host:port of the gRPC server. */
  readonly grpcAddress: string | undefined;
  /** Undefined: that of jacod.yaml, then the default. */
  readonly dataDirectory: string | undefined;
  /** The unix socket on which a running daemon would answer; undefined: that of jacod.yaml, then the default. */
  readonly socket: string | undefined;
}

/**
 * Looks at the host and at the data directory, and changes nothing.
 * @throws what the ports throw
 */
export async function gatherNode(
  ports: NodePorts,
  wish: NodeWish,
): Promise<{ readonly host: NodeHost; readonly target: DataDirectoryInspection }> {
  const configuration = await configurationFor(ports.host, wish);
  const dataDirectory = wish.dataDirectory ?? configuration.dataDirectory ?? defaultDataDirectory;
  const host = {
    hostname: ports.host.hostname(),
    clusterAddress: configuration.clusterAddress,
    listenAddress: configuration.listenAddress,
    interfaces: await ports.host.interfaces(),
    resolved: await resolveAll(ports.host, namesToResolve(configuration)),
    nowMs: ports.clock.nowMs(),
    stateKeyFile: configuration.stateKeyFile,
  };
  const target = await ports.directories.inspect(dataDirectory, daemonSocket(wish, configuration));
  return { host, target };
}

/**
 * The configured socket belongs to the configured data directory. A socket that the operator names belongs to the data
 * directory of this run.
 */
function daemonSocket(wish: NodeWish, configuration: DaemonConfiguration): DaemonSocket {
  const configured = configuration.dataDirectory ?? defaultDataDirectory;
  if (wish.socket === undefined) return { path: configuration.unixSocket ?? defaultSocket, dataDirectory: configured };
  const isConfigured = wish.dataDirectory === undefined || wish.dataDirectory === configured;
  return { path: wish.socket, dataDirectory: isConfigured ? configured : undefined };
}

async function resolveAll(host: HostFacts, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const resolved = new Map<string, string>();
  for (const name of names) {
    const address = await host.resolve(name);
    if (address !== undefined) resolved.set(name, address);
  }
  return resolved;
}

/** An unreadable jacod.yaml matters only if it would decide something. */
async function configurationFor(host: HostFacts, wish: NodeWish): Promise<DaemonConfiguration> {
  try {
    return await host.daemonConfiguration();
  } catch (error) {
    const { advertiseAddress, grpcAddress, dataDirectory, socket } = wish;
    const needsIt = [advertiseAddress, grpcAddress, dataDirectory, socket].includes(undefined);
    if (needsIt || !isJacoError(error)) throw error;
    return {
      path: undefined,
      clusterAddress: undefined,
      listenAddress: undefined,
      dataDirectory: undefined,
      unixSocket: undefined,
    };
  }
}
