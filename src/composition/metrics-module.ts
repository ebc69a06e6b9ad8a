import { ContainerModule } from 'inversify';
import { createMetricsFile } from '../adapters/filesystem/node-metrics-file.js';
import { Machine, Port } from './identifiers.js';

/** What a monitoring system reads. */
export const metricsModule = new ContainerModule(({ bind }) => {
  bind(Port.MetricsFile).toResolvedValue(createMetricsFile, [Machine.FileSystem]);
});
