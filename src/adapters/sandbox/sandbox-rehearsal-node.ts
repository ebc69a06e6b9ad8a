import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LeftBehind, leavingBehind } from '../../domain/errors.js';
import type { ClusterView } from '../../ports/cluster-view.js';
import type { RehearsalNode } from '../../ports/rehearsal-node.js';
import type { AcquireLock } from '../filesystem/exclusive-lock.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { faultOfSocketPath } from '../host/unix-socket-path.js';
import type { RunSandbox } from './run-sandbox.js';
import { clearDeadRooms, lengthOfRoomName, makeRoom } from './throw-away-room.js';

const socketName = 'jaco.sock';

/** Rehearses on the embedded daemon. `viewOf` queries the daemon on a socket. */
export function createSandboxRehearsalNode(
  fileSystem: FileSystem,
  acquireLock: AcquireLock,
  run: RunSandbox,
  viewOf: (socket: string) => ClusterView,
): RehearsalNode {
  return {
    async prepare(directory = tmpdir()) {
      const dead: LeftBehind[] = [];
      const forSockets = placeForSockets();
      for (const place of new Set([directory, tmpdir(), forSockets])) {
        dead.push(...(await clearDeadRooms(fileSystem, acquireLock, place)));
      }
      const files = await makeRoom(fileSystem, acquireLock, directory, true);
      // In a different place than the files, whose path may be long: a socket's path has at most 107 characters.
      const sockets = await makeRoom(fileSystem, acquireLock, forSockets, false).catch(async (error: unknown) => {
        throw leavingBehind(error, await files.remove());
      });
      return {
        dataDirectory: join(files.path, 'data'),
        socket: join(sockets.path, socketName),
        remove: async () => [...dead, ...(await files.remove()), ...(await sockets.remove())],
      };
    },
    async boot({ dataDirectory, socket }) {
      const sandbox = await run({ dataDirectory, socket, listen: undefined, name: undefined });
      return { cluster: viewOf(socket), state: sandbox.state, stop: async () => void (await sandbox.close()) };
    },
  };
}

/** The directory for temporary files; if that is too deep for the path of a socket, the one that every system has. */
function placeForSockets(): string {
  const room = '-'.repeat(lengthOfRoomName);
  const isUsable = (place: string) => faultOfSocketPath(join(place, room, socketName)) === undefined;
  return [tmpdir(), '/tmp'].find(isUsable) ?? tmpdir();
}
