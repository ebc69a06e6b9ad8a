import type { FirstCommands } from '../../src/domain/restore/first-commands.js';

/** Leaves the log of a restored store empty, as `--bare` does. */
export const noCommands = (): undefined => undefined;

/** The first commands of a store restored under the name "recovered". */
export function sampleCommands(changes: Partial<FirstCommands> = {}): FirstCommands {
  return {
    identity: 'restore',
    atMs: Date.UTC(2026, 4, 26, 8, 30),
    commands: [
      {
        kind: 'node-joins',
        hostname: 'recovered',
        address: '10.0.0.7:7001',
        grpcAddress: '10.0.0.7:7000',
        wireguardPubkey: new Uint8Array(0),
        serverCertFingerprint: new Uint8Array(0),
      },
      { kind: 'node-is-ready', hostname: 'recovered' },
      { kind: 'restore-is-recorded', facts: { imported_at: '2026-05-26T08:30:00.000Z' } },
    ],
    ...changes,
  };
}
