import { JacoError } from '../../domain/errors.js';
import { giveParameter } from '../../domain/remedy.js';
import { printable } from '../../domain/values/printable-text.js';
import type { MetricsFile } from '../../ports/metrics-file.js';
import { readSmallFile } from './file-operations.js';
import type { FileSystem } from './file-system.js';
import { namingFailures } from './named-failures.js';
import { replaceFile } from './replace-file.js';

/** Larger than any metrics file. */
const limitBytes = 64 * 1024;

/** A metrics file on disk, as the textfile collector of node_exporter reads it. */
export function createMetricsFile(bareFileSystem: FileSystem): MetricsFile {
  const fileSystem = namingFailures(bareFileSystem);
  return {
    async read(path) {
      const status = await fileSystem.status(path);
      if (status?.kind !== 'file') return { kind: 'none' };
      const bytes = await readSmallFile(fileSystem, path, limitBytes);
      if (bytes === undefined) return { kind: 'too-large' };
      return { kind: 'text', text: Buffer.from(bytes).toString('utf8') };
    },
    async replace(path, text) {
      const status = await fileSystem.status(path);
      // A rename would replace a device, such as /dev/null, with a file.
      if (status !== undefined && status.kind !== 'file') throw notAFile(path);
      await replaceFile(fileSystem, path, Buffer.from(text), undefined, 0o644);
    },
  };
}

function notAFile(path: string): JacoError {
  return new JacoError('storage_failed', `cannot write ${printable(path, 4096)}: it is not a regular file.`, {
    remedies: [giveParameter('metricsFile')],
  });
}
