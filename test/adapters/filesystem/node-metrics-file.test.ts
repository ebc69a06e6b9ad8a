import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createMetricsFile } from '../../../src/adapters/filesystem/node-metrics-file.js';
import { refusalOf } from '../../builders/outcome.js';
import { withTemporaryDirectory } from './temporary-directory.js';
import { watchedFileSystem } from './watched-file-system.js';

const test = suite('the metrics file on disk');

test('is written whole and durable under another name before it takes its own', () =>
  withTemporaryDirectory(async (root) => {
    const { fileSystem, steps } = watchedFileSystem(root, () => undefined);
    await createMetricsFile(fileSystem).replace(join(root, 'm.prom'), 'a 1\n');
    assert.equal(
      steps.map(({ action, path }) => `${action} ${path}`),
      ['create 644 m.prom.part', 'write m.prom.part', 'sync m.prom.part', 'rename m.prom', 'fsync .'],
    );
  }));

test('does not replace anything other than a file', () =>
  withTemporaryDirectory(async (root) => {
    await mkdir(join(root, 'm.prom'));
    const metrics = createMetricsFile(watchedFileSystem(root, () => undefined).fileSystem);
    const refusal = await refusalOf(metrics.replace(join(root, 'm.prom'), 'a 1\n'));
    assert.is(refusal.message, `cannot write ${join(root, 'm.prom')}: it is not a regular file.`);
    assert.equal(await metrics.read(join(root, 'm.prom')), { kind: 'none' });
  }));

test('is not read where it is larger than such a file is', () =>
  withTemporaryDirectory(async (root) => {
    await writeFile(join(root, 'm.prom'), Buffer.alloc(64 * 1024 + 1, 'a'));
    const metrics = createMetricsFile(watchedFileSystem(root, () => undefined).fileSystem);
    assert.equal(await metrics.read(join(root, 'm.prom')), { kind: 'too-large' });
  }));

test.run();
