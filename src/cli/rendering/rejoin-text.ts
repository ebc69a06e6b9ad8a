import type { RecordedNode } from '../../domain/archive/snapshot-findings.js';
import { defaultDataDirectory } from '../../domain/values/daemon-defaults.js';
import { printable } from '../../domain/values/printable-text.js';

/**
 * The nodes of the old cluster that must come back as new ones, and how: with a token, which the restored node at the
 * gRPC address `peer` issues, and an empty data directory, without which their daemon does not start (the unit of jacod
 * v0.3.9 does not create it, and its user may not). Empty if there are no such nodes.
 */
export function rejoinLines(nodes: readonly RecordedNode[], peer: string): readonly string[] {
  if (nodes.length === 0) return [];
  const others = nodes.length === 1 ? 'other node join' : `other ${nodes.length} nodes join`;
  return [
    '',
    `Then let the ${others} again, with an empty data directory: the old one belongs to the cluster that is gone.`,
    ...nodes.map(({ hostname, address }) => `  - ${printable(hostname)} @ ${printable(address) || 'unknown address'}`),
    'On this node, for each of them a token, which is good for one node and one day:',
    '  jaco node issue-join-token',
    `On ${nodes.length === 1 ? 'that node' : 'each of them'}:`,
    '  sudo systemctl stop jaco',
    `  sudo mv ${defaultDataDirectory} ${defaultDataDirectory}.old`,
    `  sudo install -d -m 0750 -o jaco -g jaco ${defaultDataDirectory}`,
    '  sudo systemctl start jaco',
    `  sudo jaco node join --peer ${printable(peer)} --token <its token>`,
  ];
}
