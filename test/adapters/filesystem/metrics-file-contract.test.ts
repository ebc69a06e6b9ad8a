import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMetricsFile } from '../../../src/adapters/filesystem/node-metrics-file.js';
import { type Harness, metricsFileContract } from '../../contracts/metrics-file.contract.js';
import { createInMemoryMetricsFile } from '../../fakes/in-memory-metrics-file.js';
import { watchedFileSystem } from './watched-file-system.js';

metricsFileContract('on disk', async (): Promise<Harness> => {
  const directory = await mkdtemp(join(tmpdir(), 'jaco-test-'));
  const path = join(directory, 'jaco.prom');
  let broken = false;
  const { fileSystem } = watchedFileSystem(directory, ({ action }) => {
    if (broken && action === 'write') throw Object.assign(new Error('EIO'), { code: 'EIO' });
  });
  return {
    metrics: createMetricsFile(fileSystem),
    path,
    mode: async () => (await stat(path)).mode & 0o7777,
    hasLeftovers: async () => (await readdir(directory)).some((name) => name !== 'jaco.prom'),
    breakDisk() {
      broken = true;
    },
    close: () => rm(directory, { recursive: true, force: true }),
  };
});

metricsFileContract('in memory', async (): Promise<Harness> => {
  const metrics = createInMemoryMetricsFile();
  return {
    metrics,
    path: '/metrics/jaco.prom',
    mode: async () => 0o644,
    hasLeftovers: async () => metrics.texts.size > 1,
    breakDisk() {
      metrics.broken = true;
    },
    close: async () => undefined,
  };
});
