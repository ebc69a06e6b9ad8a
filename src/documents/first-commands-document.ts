import type { FirstCommand, FirstCommands } from '../domain/restore/first-commands.js';

/** What the log of a recovered cluster begins with, as data for a program. */
export function firstCommandsDocument({ identity, commands }: FirstCommands) {
  return { identity, commands: commands.map(documentOf) };
}

function documentOf(command: FirstCommand) {
  switch (command.kind) {
    case 'node-joins': {
      const { kind, hostname, address, grpcAddress, wireguardPubkey } = command;
      const wireguard = wireguardPubkey.length === 0 ? null : Buffer.from(wireguardPubkey).toString('base64');
      return { kind, hostname, address, grpc_address: grpcAddress, wireguard_pubkey: wireguard };
    }
    case 'restore-is-recorded':
      return { kind: command.kind, payload: command.facts };
    default:
      return { kind: command.kind, hostname: command.hostname };
  }
}
