import { JacoError } from '../../src/domain/errors.js';
import type { MetricsFile } from '../../src/ports/metrics-file.js';

/** A {@link MetricsFile} without a disk. */
export interface InMemoryMetricsFile extends MetricsFile {
  /** Texts by path. */
  readonly texts: Map<string, string>;
  /** While true, nothing can be written. */
  broken: boolean;
}

/** Keeps its promises as the contract suite states them. */
export function createInMemoryMetricsFile(): InMemoryMetricsFile {
  const texts = new Map<string, string>();
  const metrics: InMemoryMetricsFile = {
    texts,
    broken: false,
    async read(path) {
      const text = texts.get(path);
      return text === undefined ? { kind: 'none' } : { kind: 'text', text };
    },
    async replace(path, text) {
      if (metrics.broken) throw new JacoError('storage_failed', `cannot write ${path}: no space left on the device.`);
      texts.set(path, text);
    },
  };
  return metrics;
}
