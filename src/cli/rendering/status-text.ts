import { jsonText } from '../../documents/json-text.js';
import { leaderName, statusDocument } from '../../documents/status-document.js';
import type { ClusterStatus } from '../../domain/cluster/cluster-status.js';
import { printable } from '../../domain/values/printable-text.js';

/** A cluster's status as lines for people. */
export function statusTable(status: ClusterStatus): string {
  const nodes = status.nodes.map(
    (node) =>
      `  - ${printable(node.hostname)} @ ${printable(node.address)} [${node.status.toUpperCase()}, ${node.suffrage.toUpperCase()}]`,
  );
  return [
    `Status:     ${status.initialized ? 'initialized' : 'not initialized'}`,
    `Leader:     ${printable(leaderName(status)) || 'none'}`,
    `Raft index: ${status.raftIndex}`,
    `Nodes (${status.nodes.length}):`,
    ...nodes,
  ].join('\n');
}

/** A cluster's status as one JSON object. */
export function statusJson(status: ClusterStatus): string {
  return jsonText(statusDocument(status));
}

/** The same as YAML. */
export async function statusYaml(status: ClusterStatus): Promise<string> {
  const { stringifyYaml } = await import('../../adapters/host/yaml-text.js');
  return stringifyYaml(statusDocument(status)).trimEnd();
}
