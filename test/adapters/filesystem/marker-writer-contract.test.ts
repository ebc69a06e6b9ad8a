import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMarkerFileWriter } from '../../../src/adapters/filesystem/marker-file-writer.js';
import { parseMarker } from '../../../src/domain/restore/marker.js';
import { type Harness, markerWriterContract } from '../../contracts/marker-writer.contract.js';
import { createInMemoryMarkerWriter } from '../../fakes/in-memory-marker-writer.js';
import { ourselves, somebodyElse } from './users.js';
import { watchedFileSystem } from './watched-file-system.js';

markerWriterContract('restore.txt on disk', async (): Promise<Harness> => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'jaco-test-'));
  const path = join(dataDirectory, 'restore.txt');
  let broken = false;
  const { fileSystem } = watchedFileSystem(dataDirectory, ({ action, path: on }) => {
    // Full: a file can still be made and removed, but the marker itself neither written nor taken away.
    const refused = action === 'write' || (action === 'unlink' && on === 'restore.txt');
    if (broken && refused) throw Object.assign(new Error('EIO'), { code: 'EIO' });
  });
  return {
    writer: createMarkerFileWriter(fileSystem),
    dataDirectory,
    ourselves,
    daemon: somebodyElse,
    async found() {
      const status = await stat(path).catch(() => undefined);
      if (status === undefined) return undefined;
      const marker = parseMarker(await readFile(path, 'utf8'));
      return { marker, mode: status.mode & 0o7777, owner: { uid: status.uid, gid: status.gid } };
    },
    hasLeftovers: async () => (await readdir(dataDirectory)).some((name) => name !== 'restore.txt'),
    breakDisk() {
      broken = true;
    },
    close: () => rm(dataDirectory, { recursive: true, force: true }),
  };
});

markerWriterContract('in memory', async (): Promise<Harness> => {
  const writer = createInMemoryMarkerWriter();
  const dataDirectory = '/var/lib/jaco';
  return {
    writer,
    dataDirectory,
    ourselves,
    daemon: somebodyElse,
    async found() {
      const found = writer.markers.get(dataDirectory);
      return found && { marker: found.marker, mode: 0o600, owner: found.owner ?? ourselves };
    },
    hasLeftovers: async () => writer.markers.size > (writer.markers.has(dataDirectory) ? 1 : 0),
    breakDisk() {
      writer.broken = true;
    },
    close: async () => undefined,
  };
});
