import { takeBackup } from '../../domain/take-backup.js';
import { composeBackup } from '../composition/container.js';
import { type ConnectionOptions, connectionFrom, durationMs, limitsFrom, required } from '../options.js';
import type { Terminal } from '../terminal.js';

/** The flags of `jaco backup`. */
export interface BackupOptions extends ConnectionOptions {
  readonly output?: string;
  readonly timeout: string;
  readonly maxSnapshotSize?: string;
}

/** `jaco backup`: a consistent snapshot of the cluster into one file. */
export async function backup(options: BackupOptions, terminal: Terminal): Promise<void> {
  const output = required(options.output, '--output <file>', 'backup');
  const deadlineMs = durationMs(options.timeout, '--timeout');
  const limits = limitsFrom(options.maxSnapshotSize);
  const ports = await composeBackup({ connection: connectionFrom(options), deadlineMs }, limits);
  const outcome = await takeBackup(ports, output, terminal.signal);
  for (const warning of outcome.warnings) terminal.warn(warning);
  terminal.print(`Wrote ${outcome.sizeBytes} bytes to ${output}`);
}
