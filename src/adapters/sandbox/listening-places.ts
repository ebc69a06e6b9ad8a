import { lstat, unlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, resolve } from 'node:path';
import { JacoError } from '../../domain/errors.js';
import { advice, type Remedy } from '../../domain/remedy.js';
import { formatNetworkAddress, type NetworkAddress, parseNetworkAddress } from '../../domain/values/network-address.js';
import { printable } from '../../domain/values/printable-text.js';
import { storageError } from '../filesystem/file-operations.js';
import { lookAtSocket } from '../host/unix-listeners.js';
import { faultOfSocketPath, unixSocketPathLimit } from '../host/unix-socket-path.js';

const anotherSocket: Remedy = { kind: 'choose-another', parameter: 'socket' };

/**
 * The absolute path of a socket to listen on.
 * @throws request_invalid  it cannot be that of a socket
 */
export function listeningSocket(path: string): string {
  const socket = resolve(path);
  const fault = faultOfSocketPath(socket);
  if (fault === undefined) return socket;
  throw new JacoError('request_invalid', `cannot listen on ${printable(socket, 4096)}: ${fault}.`, {
    remedies: [advice(`Name the socket by a path in one line, of at most ${unixSocketPathLimit} bytes.`)],
  });
}

/**
 * Reads `host:port`, where port 0 lets the system choose.
 * @throws request_invalid
 */
export function listeningAddress(text: string): NetworkAddress {
  const choosing = /^(.*):0$/.exec(text);
  const address = parseNetworkAddress(choosing === null ? text : `${choosing[1]}:1`);
  if (address !== undefined) return choosing === null ? address : { host: address.host, port: 0 };
  throw new JacoError('request_invalid', `the address to listen on, "${printable(text, 80)}", is not a host:port.`, {
    remedies: [advice('Write it like 127.0.0.1:7000; port 0 lets the system choose.')],
  });
}

/**
 * Refuses a socket's path if something else is there, or if a process listens. The socket of a killed daemon is fine.
 * @throws request_invalid, daemon_running, daemon_unknown
 */
export async function refuseUsedSocket(socket: string): Promise<void> {
  const status = await lstat(socket).catch(() => undefined);
  if (status === undefined) return;
  const place = printable(socket, 4096);
  if (!status.isSocket()) {
    throw new JacoError('request_invalid', `cannot listen on ${place}: it is something else than a socket.`, {
      remedies: [anotherSocket],
    });
  }
  const remedies = [advice('Stop it first.'), anotherSocket];
  const { holders, unseen } = await lookAtSocket(socket);
  const [holder] = holders;
  if (holder !== undefined) {
    const listener = `process ${holder.process} (${printable(holder.program, 80)})`;
    throw new JacoError('daemon_running', `cannot listen on ${place}: ${listener} does.`, { remedies });
  }
  if (unseen !== undefined) {
    throw new JacoError('daemon_unknown', `cannot listen on ${place}: ${printable(unseen, 4096)}.`, { remedies });
  }
}

/**
 * Removes the socket that a killed daemon left.
 * @throws request_invalid, daemon_running, daemon_unknown  as {@link refuseUsedSocket}
 */
export async function clearSocket(socket: string): Promise<void> {
  await refuseUsedSocket(socket);
  await unlink(socket).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw storageError(error, `remove ${socket}`);
  });
}

/** Why it is not possible to listen there. */
const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'somebody else listens there',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'only root may listen on that port',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name cannot be looked up at the moment',
};

/**
 * Refuses an address on which this process cannot listen, by trying.
 * @throws request_invalid
 */
export async function refuseUnusableAddress(address: NetworkAddress): Promise<void> {
  await new Promise<void>((done, fail) => {
    const server = createServer();
    server.once('error', (error) => fail(cannotListen(address, error)));
    server.listen(address.port, address.host, () => server.close(() => done()));
  });
}

/** The refusal of an address, in words. */
export function cannotListen(address: NetworkAddress, error: NodeJS.ErrnoException): JacoError {
  const reason = reasons[error.code ?? ''] ?? printable(error.message, 200);
  return new JacoError(
    'request_invalid',
    `cannot listen on ${printable(formatNetworkAddress(address), 300)}: ${reason}.`,
    {
      remedies: [{ kind: 'choose-another', parameter: 'listenAddress' }],
      cause: error,
    },
  );
}

/** What file systems without sockets answer (FAT, sshfs and other FUSE and CIFS mounts, sysfs). */
const withoutSockets = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL']);

/**
 * Why a socket cannot be listened on, as an error for the operator. Node says EACCES also where a directory is missing (libuv,
 * pipe.c), so that is looked at first.
 */
export async function cannotListenOnSocket(socket: string, error: unknown): Promise<unknown> {
  if (withoutSockets.has((error as NodeJS.ErrnoException).code ?? '')) {
    return new JacoError(
      'request_invalid',
      `cannot listen on ${printable(socket, 4096)}: the file system there takes no sockets.`,
      { remedies: [anotherSocket], cause: error },
    );
  }
  const missing = await lstat(dirname(socket)).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return storageError(missing ?? error, `listen on ${socket}`);
}
