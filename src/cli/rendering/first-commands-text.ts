import type { FirstCommand, FirstCommands } from '../../domain/restore/first-commands.js';
import { printable } from '../../domain/values/printable-text.js';

/** The first commands of a recovered cluster, one line each. */
export function firstCommandLines(first: FirstCommands | undefined): readonly string[] {
  if (first === undefined) return ["nothing, as --bare asks: the state is the archive's alone"];
  return first.commands.map(lineOf);
}

function lineOf(command: FirstCommand): string {
  switch (command.kind) {
    case 'node-joins': {
      const { hostname, address, grpcAddress, wireguardPubkey } = command;
      const key = wireguardPubkey.length === 0 ? '' : ', with the WireGuard key that the state has of it';
      return `node ${printable(hostname)} joins: raft at ${printable(address)}, gRPC at ${printable(grpcAddress)}${key}`;
    }
    case 'node-is-ready':
      return `node ${printable(command.hostname)} is READY`;
    case 'node-is-removed':
      return `node ${printable(command.hostname)} is removed, and its subnets are free`;
    case 'restore-is-recorded':
      return 'RESTORE_COMPLETED goes into the audit log';
  }
}
