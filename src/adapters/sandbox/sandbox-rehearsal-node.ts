import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leavingBehind } from '../../domain/errors.js';
import type { ClusterView } from '../../ports/cluster-view.js';
import type { RehearsalNode } from '../../ports/rehearsal-node.js';
import { clearAway } from '../filesystem/clearing.js';
import { storageError } from '../filesystem/file-operations.js';
import type { FileSystem } from '../filesystem/file-system.js';
import type { RunSandbox } from './run-sandbox.js';

/** Rehearses on the embedded daemon. `viewOf` asks whoever listens on a socket. */
export function createSandboxRehearsalNode(
  fileSystem: FileSystem,
  run: RunSandbox,
  viewOf: (socket: string) => ClusterView,
): RehearsalNode {
  return {
    async prepare(directory = tmpdir()) {
      const files = await makeRoom(join(directory, 'jaco-drill-'));
      // Apart from the files: a socket's path has at most 107 characters, wherever those are.
      const sockets = await makeRoom(join(tmpdir(), 'jaco-drill-')).catch(async (error: unknown) => {
        throw leavingBehind(error, await clearAway(fileSystem, files, false));
      });
      return {
        dataDirectory: join(files, 'data'),
        socket: join(sockets, 'jaco.sock'),
        async remove() {
          return [...(await clearAway(fileSystem, files, true)), ...(await clearAway(fileSystem, sockets, false))];
        },
      };
    },
    async boot({ dataDirectory, socket }) {
      const sandbox = await run({ dataDirectory, socket, listen: undefined, name: undefined });
      return { cluster: viewOf(socket), state: sandbox.state, stop: async () => void (await sandbox.close()) };
    },
  };
}

async function makeRoom(prefix: string): Promise<string> {
  try {
    return await mkdtemp(prefix);
  } catch (error) {
    throw storageError(error, `make a directory ${prefix}…`);
  }
}
