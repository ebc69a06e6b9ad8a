import { join } from 'node:path';
import { leavingBehind } from '../../domain/errors.js';
import { markerFileName, renderMarker } from '../../domain/restore/marker.js';
import type { MarkerWriter } from '../../ports/marker-writer.js';
import { clearAway, reasonOf, settleRemoval } from './clearing.js';
import { storageError } from './file-operations.js';
import type { FileSystem } from './file-system.js';
import { putInPlace } from './replace-file.js';

/** Writes the marker as `<data directory>/restore.txt`: a temporary file, synced, renamed, the directory synced. */
export function createMarkerFileWriter(fileSystem: FileSystem): MarkerWriter {
  return {
    async write(dataDirectory, marker, owner) {
      const path = join(dataDirectory, markerFileName);
      try {
        await putInPlace(fileSystem, path, new TextEncoder().encode(renderMarker(marker)), owner);
        try {
          // The marker must be durable before the store: a store without it would boot and record no restore.
          await fileSystem.syncDirectory(dataDirectory);
        } catch (error) {
          throw leavingBehind(storageError(error, `write ${path}`), await clearAway(fileSystem, path, false));
        }
      } catch (error) {
        throw storageError(error, `write ${path}`);
      }
    },
    async withdraw(dataDirectory) {
      const path = join(dataDirectory, markerFileName);
      try {
        if ((await fileSystem.linkStatus(path)) === undefined) return [];
        await fileSystem.removeFile(path);
      } catch (error) {
        return [{ path, state: 'there', secret: false, reason: reasonOf(error, `remove ${path}`) }];
      }
      return settleRemoval(fileSystem, dataDirectory, [{ path, secret: false }]);
    },
  };
}
