import type { Draft } from '../../src/adapters/contract/contract.js';
import { messages } from '../../src/adapters/contract/contract.js';
import type { CommandMessage } from '../../src/adapters/contract/messages.js';

/** The bytes of one jaco.v1.Command, as a daemon writes them into its log. */
export function commandOf(command: Draft<CommandMessage>): Uint8Array {
  return messages.command.encode({ ts: { seconds: '1795600000', nanos: 0 }, identity: 'operator', ...command });
}

/** The first command of every cluster. */
export function clusterInit(clusterId: string, certificate = 'the CA', key = 'key of the CA'): Uint8Array {
  return commandOf({
    clusterInit: {
      clusterId,
      caCert: Buffer.from(certificate),
      caKey: Buffer.from(key),
      operatorTokenHashedSecret: Buffer.alloc(32, 1),
      selfHostname: 'node-1',
      selfAddress: '10.0.0.1:7001',
    },
  });
}
