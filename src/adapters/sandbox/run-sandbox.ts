import { chmod } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { JacoError, type LeftBehind, leavingBehind, leftBehindBy } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import {
  formatNetworkAddress,
  isHostname,
  isSpecificHost,
  type NetworkAddress,
} from '../../domain/values/network-address.js';
import { printable } from '../../domain/values/printable-text.js';
import { storageError } from '../filesystem/file-operations.js';
import { nodeIdentityPaths } from '../identity/node-identity-files.js';
import { type BootedSandbox, type BootMachine, bootSandbox } from './boot.js';
import {
  type DaemonServer,
  serveDaemonOnPassedSocket,
  serveDaemonOnPath,
  serveDaemonOverTls,
} from './daemon-server.js';
import { tokenFileName } from './found-cluster.js';
import {
  cannotListen,
  cannotListenOnSocket,
  clearSocket,
  listeningAddress,
  listeningSocket,
  refuseUnusableAddress,
  refuseUsedSocket,
} from './listening-places.js';
import { loadOrCreateNodeIdentity } from './node-identity.js';

/** For its user and group: the socket's permissions are the only authentication. */
const socketMode = 0o660;

/** The settings of a sandbox. */
export interface SandboxRequest {
  readonly dataDirectory: string;
  /** Undefined for `jaco.sock` in the data directory. */
  readonly socket: string | undefined;
  /** The file descriptor of a listening unix socket to serve instead of `socket`, as systemd passes one to jacod. */
  readonly passedSocket?: number | undefined;
  /** `host:port` to serve TLS at; port 0 lets the system choose. Undefined for only the socket. */
  readonly listen: string | undefined;
  /** Undefined: the voter of the store, or this host's name in a new cluster. */
  readonly name: string | undefined;
}

/** Starts a sandbox on this machine. */
export type RunSandbox = (request: SandboxRequest) => Promise<RunningSandbox>;

/** A sandbox that answers calls. */
export interface RunningSandbox {
  readonly name: string;
  readonly clusterId: string;
  readonly origin: BootedSandbox['origin'];
  /** The id of the key that its state is sealed under; undefined if it is plain. */
  readonly keyId: string | undefined;
  readonly warnings: readonly string[];
  readonly dataDirectory: string;
  /** Its path; for a passed socket, its file descriptor in words. */
  readonly socket: string;
  /** How to reach it over TLS, if requested. */
  readonly tls:
    | {
        readonly server: string;
        readonly caCertificate: string;
        /** The path of an operator's token; undefined in a restored cluster, whose operators have their own. */
        readonly tokenFile: string | undefined;
      }
    | undefined;
  /** The whole current state, in the form of a snapshot. Secret. */
  state(): AsyncIterable<Uint8Array>;
  /** Ends calls, removes the socket and releases the data directory; returns what it could not remove. */
  close(): Promise<readonly LeftBehind[]>;
}

/**
 * Runs the embedded single-voter daemon in this process. It serves the same contract as jacod and keeps the same files,
 * but does not replicate. A socket is created under the umask, which belongs to the process, and gets mode 0660 at
 * once: if the umask lets others write, they could connect in between, unless its directory keeps them out.
 * @throws request_invalid, daemon_running, and what {@link bootSandbox} and {@link loadOrCreateNodeIdentity} throw
 */
export async function runSandbox(request: SandboxRequest, machine: BootMachine): Promise<RunningSandbox> {
  const name = request.name;
  if (name !== undefined && !isHostname(name)) {
    throw new JacoError('name_invalid', `the name "${printable(name, 80)}" cannot be a hostname.`, {
      remedies: [advice('It takes letters, digits, hyphens and dots.')],
    });
  }
  const dataDirectory = resolve(request.dataDirectory);
  const { passedSocket } = request;
  const ownSocket = listeningSocket(request.socket ?? join(dataDirectory, 'jaco.sock'));
  const socket = passedSocket === undefined ? ownSocket : `file descriptor ${passedSocket}, passed by systemd`;
  const listen = request.listen === undefined ? undefined : listeningAddress(request.listen);
  // Before the first write: a directory that cannot be served must stay unchanged.
  if (passedSocket === undefined) await refuseUsedSocket(socket);
  if (listen !== undefined) await refuseUnusableAddress(listen);
  const booted = await bootSandbox({ dataDirectory, name }, machine);
  const servers: DaemonServer[] = [];
  const close = async () => {
    await Promise.all(servers.map((server) => server.close()));
    return booted.release();
  };
  try {
    servers.push(
      await (passedSocket === undefined ? serveOnSocket(booted, socket) : serveOnPassed(booted, passedSocket)),
    );
    const tls = listen === undefined ? undefined : await serveTls(booted, dataDirectory, listen, machine, servers);
    await booted.daemon.recordSelf(tls?.server ?? '');
    const { clusterId } = booted.daemon.cluster;
    const { name: nodeName, origin, keyId, warnings, daemon } = booted;
    return {
      name: nodeName,
      clusterId,
      origin,
      keyId,
      warnings,
      dataDirectory,
      socket,
      tls,
      state: daemon.state,
      close,
    };
  } catch (error) {
    throw leavingBehind(error, [...leftBehindBy(error), ...(await close())]);
  }
}

async function serveOnSocket(booted: BootedSandbox, socket: string): Promise<DaemonServer> {
  await clearSocket(socket);
  let server: DaemonServer | undefined;
  try {
    server = await serveDaemonOnPath(booted.daemon, socket);
    await chmod(socket, socketMode);
    return server;
  } catch (error) {
    await server?.close();
    throw await cannotListenOnSocket(socket, error);
  }
}

async function serveOnPassed(booted: BootedSandbox, fileDescriptor: number): Promise<DaemonServer> {
  try {
    return await serveDaemonOnPassedSocket(booted.daemon, fileDescriptor);
  } catch (error) {
    throw storageError(error, `listen on file descriptor ${fileDescriptor}, which LISTEN_FDS says is a socket`);
  }
}

async function serveTls(
  booted: BootedSandbox,
  dataDirectory: string,
  { host, port }: NetworkAddress,
  { fileSystem, clock }: BootMachine,
  servers: DaemonServer[],
): Promise<RunningSandbox['tls']> {
  const { name, daemon } = booted;
  const authority = { certificate: daemon.cluster.caCert.toString(), key: daemon.cluster.caKey.toString() };
  const hosts = [name, 'localhost', '127.0.0.1', '::1', ...(isSpecificHost(host) ? [host] : [])];
  const tokenFile = join(dataDirectory, tokenFileName);
  const identity = await loadOrCreateNodeIdentity(fileSystem, dataDirectory, name, hosts, authority, clock.nowMs());
  try {
    const server = await serveDaemonOverTls(daemon, `dns:${formatNetworkAddress({ host, port })}`, identity);
    servers.push(server);
    return {
      server: formatNetworkAddress({ host: isSpecificHost(host) ? host : '127.0.0.1', port: server.port }),
      caCertificate: nodeIdentityPaths(dataDirectory, name).authority,
      tokenFile: (await fileSystem.status(tokenFile)) === undefined ? undefined : tokenFile,
    };
  } catch (error) {
    throw cannotListen({ host, port }, error as Error);
  }
}
