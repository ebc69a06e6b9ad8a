import { join } from 'node:path';
import { markerFileName, renderMarker } from '../../domain/marker.js';
import type { MarkerWriter } from '../../ports/marker-writer.js';
import { storageError, writeNewFile } from './file-operations.js';
import type { FileSystem } from './file-system.js';

/** Writes the marker as `<data directory>/restore.txt`: a temporary file, synced, renamed, the directory synced. */
export function createMarkerFileWriter(fileSystem: FileSystem): MarkerWriter {
  return {
    async write(dataDirectory, marker, owner) {
      const path = join(dataDirectory, markerFileName);
      const part = `${path}.part`;
      try {
        // A killed restore may have left one.
        if ((await fileSystem.linkStatus(part)) !== undefined) await fileSystem.removeFile(part);
        try {
          await writeNewFile(fileSystem, part, new TextEncoder().encode(renderMarker(marker)), owner);
          await fileSystem.rename(part, path);
        } catch (error) {
          await fileSystem.removeFile(part).catch(() => undefined);
          throw error;
        }
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
