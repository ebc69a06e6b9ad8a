import type { RecordedNode } from '../domain/archive/snapshot-findings.js';

/** A node of the old cluster that must join the restored one again. */
export interface RejoinDocument {
  readonly hostname: string;
  /** host:port of its raft transport. */
  readonly address: string;
}

/** The nodes that must join again, as data for a program. */
export function rejoinDocument(nodes: readonly RecordedNode[]): readonly RejoinDocument[] {
  return nodes.map(({ hostname, address }) => ({ hostname, address }));
}
