import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { calls } from '../../../src/adapters/contract/contract.js';
import type { DaemonConnection } from '../../../src/adapters/grpc/connection.js';
import { createGrpcClusterView } from '../../../src/adapters/grpc/grpc-cluster-view.js';
import { createGrpcSnapshotSource } from '../../../src/adapters/grpc/grpc-snapshot-source.js';
import type { CertifiedKey } from '../../../src/adapters/identity/certificate-authority.js';
import { skipCases } from '../../skipping.js';
import {
  auditPath,
  backupPath,
  type MisbehavingDaemon,
  startMisbehavingDaemon,
  statusPath,
} from './misbehaving-daemon.js';

/** Every call that `jaco backup`, `jaco cluster status` and `jaco audit` make, to its end. */
export const everyCall: Readonly<Record<string, (connection: DaemonConnection) => Promise<unknown>>> = {
  backup: (connection) => all(createGrpcSnapshotSource(connection, patienceMs).open(never)),
  'cluster status': (connection) => createGrpcClusterView(connection, patienceMs).status(never),
  audit: (connection) => all(createGrpcClusterView(connection, patienceMs).audit({ types: [] }, never)),
};

const patienceMs = 10_000;
const never = new AbortController().signal;

async function all<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const read: Item[] = [];
  for await (const item of items) read.push(item);
  return read;
}

/** A daemon at `host` that answers each of those calls with a little something. `port` is the system's choice at 0. */
export function startAnsweringDaemon(host: string, identity: CertifiedKey, port = 0): Promise<MisbehavingDaemon> {
  return startMisbehavingDaemon(
    { host, port },
    {
      [backupPath]: async ({ sendChunk, end }) => {
        await sendChunk(Buffer.from('archive'));
        end({ status: 0 });
      },
      [statusPath]: async ({ send, end }) => {
        await send(calls.status.response.encode({ initialized: true }));
        end({ status: 0 });
      },
      [auditPath]: ({ end }) => end({ status: 0 }),
    },
    identity,
  );
}

/** Whether this machine has ::1; printed as a reason where tests have to do without. */
export async function hasIpv6(): Promise<boolean> {
  const found = await new Promise<boolean>((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(0, '::1', () => server.close(() => resolve(true)));
  });
  if (!found) skipCases('TLS to IPv6 addresses: this machine has no ::1');
  return found;
}

/** The name of the loopback interface. */
export function loopbackInterface(): string {
  const found = Object.entries(networkInterfaces()).find(([, addresses]) =>
    addresses?.some(({ internal }) => internal),
  );
  return found?.[0] ?? 'lo';
}
