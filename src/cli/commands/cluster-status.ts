import { composeClusterView } from '../../composition/container.js';
import { statusNotes } from '../../domain/cluster/cluster-status.js';
import { printable } from '../../domain/values/printable-text.js';
import { withToken } from '../connection-token.js';
import { type ConnectionOptions, connectionFrom, durationMs, formatFrom } from '../options.js';
import { statusJson, statusTable, statusYaml } from '../rendering/status-text.js';
import type { Terminal } from '../terminal.js';

/** The flags of `jaco cluster status`. */
export interface ClusterStatusOptions extends ConnectionOptions {
  readonly timeout: string;
  readonly format: string;
}

/** `jaco cluster status`: the cluster as one of its nodes sees it. */
export async function clusterStatus(options: ClusterStatusOptions, terminal: Terminal): Promise<void> {
  const format = formatFrom(options.format, ['table', 'json', 'yaml']);
  const deadlineMs = durationMs(options.timeout, '--timeout');
  const cluster = await composeClusterView({ connection: connectionFrom(await withToken(options)), deadlineMs });
  const status = await cluster.status(terminal.signal);
  const text = { table: statusTable, json: statusJson, yaml: statusYaml }[format];
  terminal.print(await text(status));
  if (format !== 'table') return;
  for (const note of statusNotes(status)) terminal.note(`Note: ${printable(note, 500)}.`);
  if (status.initialized && status.leader === '') terminal.note('See jaco recover --help.');
}
