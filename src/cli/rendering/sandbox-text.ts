import type { RunningSandbox } from '../../adapters/sandbox/run-sandbox.js';
import { printable } from '../../domain/values/printable-text.js';

const origins = {
  created: 'made with an example cluster',
  restored: 'restored; RESTORE_COMPLETED is recorded',
  resumed: 'resumed',
} as const;

/** What a sandbox serves and how to reach it, as lines for people; the last one says that it is ready. */
export function sandboxText(running: RunningSandbox): string {
  const { name, clusterId, origin, keyId, dataDirectory, socket, tls } = running;
  return [
    `Node:     ${printable(name)}`,
    `Cluster:  ${printable(clusterId)} (${origins[origin]})`,
    `Data:     ${printable(dataDirectory, 4096)}${keyId === undefined ? '' : ` (sealed under the key ${keyId})`}`,
    `Socket:   ${printable(socket, 4096)}`,
    ...(tls === undefined
      ? []
      : [
          `Server:   ${printable(tls.server)}`,
          `CA:       ${printable(tls.caCertificate, 4096)}`,
          tls.tokenFile === undefined
            ? "Token:    one of the cluster's operator tokens"
            : `Token in: ${printable(tls.tokenFile, 4096)}`,
        ]),
    'Ready.',
  ].join('\n');
}
