import type { FirstCommand, FirstCommands } from '../domain/restore/first-commands.js';

/** One command of the restored log, for a program. */
export type FirstCommandDocument =
  | {
      readonly kind: 'node-joins';
      readonly hostname: string;
      readonly address: string;
      readonly grpc_address: string;
      /** Base64; null if the state has no value. */
      readonly wireguard_pubkey: string | null;
    }
  | { readonly kind: 'node-is-ready' | 'node-is-removed'; readonly hostname: string }
  | { readonly kind: 'restore-is-recorded'; readonly payload: Readonly<Record<string, string>> };

/** The first commands of the restored log, for a program. */
export interface FirstCommandsDocument {
  /** The identity that the audit log records for them. */
  readonly identity: string;
  readonly commands: readonly FirstCommandDocument[];
}

/** The first commands of the restored log, as data for a program. */
export function firstCommandsDocument({ identity, commands }: FirstCommands): FirstCommandsDocument {
  return { identity, commands: commands.map(documentOf) };
}

function documentOf(command: FirstCommand): FirstCommandDocument {
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
