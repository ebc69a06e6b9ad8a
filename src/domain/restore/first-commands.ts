import type { RecordedNode } from '../archive/snapshot-findings.js';
import { JacoError } from '../errors.js';
import { advice, giveParameter } from '../remedy.js';
import { printable } from '../values/printable-text.js';
import { type Warning, warningOf } from '../warning.js';
import { markerFacts, type RestoreMarker } from './marker.js';
import type { RaftVoter } from './raft-store-seed.js';

/**
 * A change of the restored state. Each is one command of the daemon's state machine (proto/jaco/v1/commands.proto), which
 * applies them when the restored node has elected itself.
 */
export type FirstCommand =
  | {
      /** Replaces the state's record of this node; otherwise the daemon does not find itself in its own state. */
      readonly kind: 'node-joins';
      readonly hostname: string;
      /** Raft transport, host:port. */
      readonly address: string;
      /** gRPC, host:port. */
      readonly grpcAddress: string;
      /** As the state had them; empty if it had no such value. */
      readonly wireguardPubkey: Uint8Array;
      readonly serverCertFingerprint: Uint8Array;
    }
  /** The node accepts work. */
  | { readonly kind: 'node-is-ready'; readonly hostname: string }
  /** Removes its record, and frees the subnets of its containers. */
  | { readonly kind: 'node-is-removed'; readonly hostname: string }
  /** Adds RESTORE_COMPLETED to the audit log, with these facts. */
  | { readonly kind: 'restore-is-recorded'; readonly facts: Readonly<Record<string, string>> };

/** The first entry in the log of a recovered cluster, after the snapshot: applied as a whole. */
export interface FirstCommands {
  /** The identity that the audit log records for them. */
  readonly identity: string;
  /** When the restore ran, milliseconds since 1970. */
  readonly atMs: number;
  readonly commands: readonly FirstCommand[];
}

/** What the operator may request. */
export interface FirstCommandsRequest {
  /** The hostname of the restored node. */
  readonly name: string;
  /** Leaves the log empty, so that the daemon's state is exactly the archive's. */
  readonly bare: boolean;
  /** Hostnames of nodes that will not come back. */
  readonly removeNodes: readonly string[];
  /** Only the restored node comes back. */
  readonly removeOtherNodes: boolean;
}

/** What decides the commands, together with the state. */
export interface FirstCommandsPlan {
  readonly voter: RaftVoter;
  /** The node's gRPC address, host:port. */
  readonly grpcAddress: string;
  readonly marker: RestoreMarker;
  readonly atMs: number;
  readonly removals: Pick<FirstCommandsRequest, 'removeNodes' | 'removeOtherNodes'>;
}

/** The identity that the audit log records for the changes of a restore. */
export const restoreIdentity = 'restore';

/**
 * Refuses a request that contradicts itself.
 * @throws request_invalid
 */
export function refuseContradictions(request: FirstCommandsRequest): void {
  const { name, bare, removeNodes, removeOtherNodes } = request;
  if (removeNodes.includes(name)) {
    throw new JacoError('request_invalid', `${name} cannot be removed: it is the node that is being restored.`, {
      remedies: [giveParameter('removedNodes')],
    });
  }
  if (bare && (removeOtherNodes || removeNodes.length > 0)) {
    throw new JacoError(
      'request_invalid',
      'a bare restore leaves the state as it is, so no node can be removed from it.',
      {
        remedies: [{ kind: 'omit-parameter', parameter: 'bare' }, advice('Remove the nodes once the cluster runs.')],
      },
    );
  }
}

/** What is decided before the state passes; undefined if the log should stay empty. */
export function planFirstCommands(
  { bare, removeNodes, removeOtherNodes }: FirstCommandsRequest,
  plan: Omit<FirstCommandsPlan, 'removals'>,
): FirstCommandsPlan | undefined {
  return bare ? undefined : { ...plan, removals: { removeNodes, removeOtherNodes } };
}

/**
 * Decides the first entry after the whole state has passed. `recorded` are the state's nodes.
 * @throws request_invalid  a node that is to be removed is not in the state
 */
export function decideFirstCommands(plan: FirstCommandsPlan, recorded: readonly RecordedNode[]): FirstCommands {
  const { voter, grpcAddress, marker, atMs } = plan;
  const known = recorded.find(({ hostname }) => hostname === voter.id);
  const nothing = new Uint8Array(0);
  return {
    identity: restoreIdentity,
    atMs,
    commands: [
      {
        kind: 'node-joins',
        hostname: voter.id,
        address: voter.address,
        grpcAddress,
        wireguardPubkey: known?.wireguardPubkey ?? nothing,
        serverCertFingerprint: known?.serverCertFingerprint ?? nothing,
      },
      { kind: 'node-is-ready', hostname: voter.id },
      ...removedNodes(plan, recorded).map((hostname) => ({ kind: 'node-is-removed' as const, hostname })),
      { kind: 'restore-is-recorded', facts: markerFacts(marker) },
    ],
  };
}

function removedNodes({ voter, removals }: FirstCommandsPlan, recorded: readonly RecordedNode[]): readonly string[] {
  const others = byName(recorded).flatMap(({ hostname }) => (hostname === voter.id ? [] : [hostname]));
  const unknown = removals.removeNodes.find((name) => !others.includes(name));
  if (unknown !== undefined) {
    throw new JacoError(
      'request_invalid',
      `${printable(unknown, 80)} cannot be removed: the state has no such node, only ${others.length === 0 ? 'the restored one' : nameSome(others)}.`,
      {
        remedies: [
          others.length === 0 ? { kind: 'omit-parameter', parameter: 'removedNodes' } : giveParameter('removedNodes'),
        ],
      },
    );
  }
  return others.filter((hostname) => removals.removeOtherNodes || removals.removeNodes.includes(hostname));
}

/** The nodes that must join again, by name: recorded, not this one, and not removed. */
export function nodesThatRejoin(
  voter: RaftVoter,
  recorded: readonly RecordedNode[],
  first: FirstCommands | undefined,
): readonly RecordedNode[] {
  const removed = new Set(
    first?.commands.flatMap((command) => (command.kind === 'node-is-removed' ? [command.hostname] : [])),
  );
  return byName(recorded).filter(({ hostname }) => hostname !== voter.id && !removed.has(hostname));
}

/** The daemon's snapshots list nodes in any order. */
function byName(nodes: readonly RecordedNode[]): readonly RecordedNode[] {
  return [...nodes].sort((a, b) => (a.hostname < b.hostname ? -1 : 1));
}

/** Warnings about nodes that stay in the state. */
export function warnOfRecordedNodes(voter: RaftVoter, rejoin: readonly RecordedNode[]): readonly Warning[] {
  const ready = rejoin.filter((node) => node.ready).map(({ hostname }) => hostname);
  const namesakes = rejoin.filter(({ address }) => address === voter.address).map(({ hostname }) => hostname);
  return [
    ...(ready.length === 0
      ? []
      : [
          warningOf(
            `the scheduler goes on placing work on ${nameSome(ready)}, READY in the state, and it runs nowhere until ${ready.length === 1 ? 'that node joins' : 'those nodes join'} again or ${ready.length === 1 ? 'is' : 'are'} removed`,
            { kind: 'remove-nodes' },
          ),
        ]),
    ...(namesakes.length === 0
      ? []
      : [
          warningOf(
            `the state has ${nameSome(namesakes)} at ${voter.address} too, the address of this node: if this host was called that before, that node will not come back`,
            { kind: 'remove-nodes' },
          ),
        ]),
  ];
}

/**
 * Warnings about a bare restore: the daemon finds the leader's gRPC address by its raft address in the state, and a
 * node whose name the state does not have cannot publish itself (seen on jacod v0.3.9).
 */
export function warnOfBareState(voter: RaftVoter, recorded: readonly RecordedNode[]): readonly Warning[] {
  if (recorded.some(({ hostname, address }) => hostname === voter.id && address === voter.address)) return [];
  return [
    warningOf(
      `the bare state does not know ${voter.id} at ${voter.address}: nodes that join it cannot start their containers`,
    ),
  ];
}

/** The most names in a sentence. */
const namedAtMost = 5;

/** Names for the middle of a sentence: all if they are few, otherwise the first ones. */
export function nameSome(names: readonly string[]): string {
  const shown = names.slice(0, namedAtMost).map((name) => printable(name, 80));
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}
