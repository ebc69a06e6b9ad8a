import { join } from 'node:path';
import { markerFileName, renderMarker } from '../../domain/restore/marker.js';
import type { MarkerWriter } from '../../ports/marker-writer.js';
import { putInPlace, storageError } from './file-operations.js';
import type { FileSystem } from './file-system.js';

/** Writes the marker as `<data directory>/restore.txt`: a temporary file, synced, renamed, the directory synced. */
export function createMarkerFileWriter(fileSystem: FileSystem): MarkerWriter {
  return {
    async write(dataDirectory, marker, owner) {
      const path = join(dataDirectory, markerFileName);
      try {
        await putInPlace(fileSystem, path, new TextEncoder().encode(renderMarker(marker)), owner);
        try {
          // The marker must be durable before the store is: a store without it would boot and record no restore.
          await fileSystem.syncDirectory(dataDirectory);
        } catch (error) {
          await fileSystem.removeFile(path).catch(() => undefined);
          throw error;
        }
      } catch (error) {
        throw storageError(error, `write ${path}`);
      }
    },
    async withdraw(dataDirectory) {
      const path = join(dataDirectory, markerFileName);
      try {
        if ((await fileSystem.linkStatus(path)) === undefined) return;
        await fileSystem.removeFile(path);
        await fileSystem.syncDirectory(dataDirectory);
      } catch (error) {
        throw storageError(error, `remove ${path}`);
      }
    },
  };
}
