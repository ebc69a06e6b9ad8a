import type { FirstCommand, FirstCommands } from '../../domain/restore/first-commands.js';
import { type Draft, messages } from './contract.js';
import { auditEventNumbers, nodeStatusNumbers } from './enum-numbers.js';
import type { CommandMessage } from './messages.js';
import { timestampOf } from './timestamps.js';

/**
 * The bytes of one jaco.v1.Command, as the daemon writes them into its log: a Batch of all of them. Time and identity
 * stand in each child too, as the daemon takes them from there.
 */
export function encodeFirstCommands({ identity, atMs, commands }: FirstCommands): Uint8Array {
  const ts = timestampOf(atMs);
  const children = commands.map((command) => ({ ts, identity, ...payloadOf(command, ts, identity) }));
  return messages.command.encode({ ts, identity, batch: { children } });
}

function payloadOf(
  command: FirstCommand,
  ts: CommandMessage['ts'],
  identity: string,
): Draft<Omit<CommandMessage, 'ts' | 'identity'>> {
  switch (command.kind) {
    case 'node-joins': {
      const { hostname, address, grpcAddress, wireguardPubkey, serverCertFingerprint } = command;
      return {
        nodeJoin: {
          hostname,
          address,
          grpcAddress,
          ...(wireguardPubkey.length === 0 ? {} : { wireguardPubkey: Buffer.from(wireguardPubkey) }),
          ...(serverCertFingerprint.length === 0 ? {} : { serverCertFingerprint: Buffer.from(serverCertFingerprint) }),
        },
      };
    }
    case 'node-is-ready':
      return { nodeStatusUpdate: { hostname: command.hostname, status: nodeStatusNumbers.ready } };
    case 'node-is-removed':
      return { nodeRemove: { hostname: command.hostname } };
    case 'restore-is-recorded':
      // Unlike those of other commands, this event has a time and an identity of its own.
      return {
        auditAppend: { event: { type: auditEventNumbers.restoreCompleted, ts, identity, payload: command.facts } },
      };
  }
}
