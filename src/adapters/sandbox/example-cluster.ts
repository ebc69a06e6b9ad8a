import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Draft } from '../contract/contract.js';
import { messages } from '../contract/contract.js';
import { auditEventNumbers } from '../contract/enum-numbers.js';
import type { AuditEventMessage, DeploymentMessage } from '../contract/messages.js';
import { timestampOf } from '../contract/timestamps.js';
import { createCertificateAuthority } from '../identity/certificate-authority.js';

/** An invented cluster with plausible content, for a first look at the program. */
export interface ExampleCluster {
  /** One jaco.v1.FSMSnapshot. */
  readonly state: Uint8Array;
  /** The log index and term of the state. */
  readonly index: bigint;
  readonly term: bigint;
  /** The operator's token, of which the state holds only the SHA-256. Secret. */
  readonly operatorToken: string;
}

const index = 4178n;
const term = 3n;
const day = 86_400_000;

const ready = 2;
const active = 2;

/** Makes a cluster whose single voter is `name`, at the raft address `address`. */
export async function createExampleCluster(name: string, address: string, nowMs: number): Promise<ExampleCluster> {
  const authority = await createCertificateAuthority('JACO sandbox cluster CA', nowMs);
  const operatorToken = randomBytes(32).toString('hex');
  const foundedMs = nowMs - 40 * day;
  const at = (days: number) => timestampOf(foundedMs + days * day);
  const node = (hostname: string, raftAddress: string, days: number) => ({
    hostname,
    address: raftAddress,
    status: ready,
    joinedAt: at(days),
    wireguardPubkey: randomBytes(32),
  });
  const state = messages.state.encode({
    cluster: {
      clusterId: randomUUID(),
      caCert: Buffer.from(authority.certificate),
      caKey: Buffer.from(authority.key),
      createdAt: at(0),
    },
    nodes: [node(name, address, 0), node('edge-1', '10.20.0.11:7001', 1), node('edge-2', '10.20.0.12:7001', 1)],
    deployments: [
      deployment('storefront', 12n, 'registry.example/storefront:4.2', at(31)),
      deployment('orders', 7n, 'registry.example/orders:1.19', at(29)),
      deployment('thumbnails', 3n, 'registry.example/thumbnails:0.8', at(12)),
      deployment('nightly-report', 1n, 'registry.example/report:2026.3', at(5)),
    ],
    // Routes, certificates and credentials have their own messages, which this program does not know.
    routes: ['shop.example', 'orders.example', 'img.example'].map(opaqueEntity),
    certs: ['shop.example', 'orders.example', 'img.example'].map(opaqueEntity),
    registryCredentials: [opaqueEntity('registry.example')],
    tokens: [
      { identity: 'operator', hashedSecret: sha256(operatorToken), issuedAt: at(0), allowsPrivileged: true },
      { identity: 'ci', hashedSecret: sha256(randomBytes(32).toString('hex')), issuedAt: at(2) },
      {
        identity: 'former-ci',
        hashedSecret: sha256(randomBytes(32).toString('hex')),
        issuedAt: at(1),
        revokedAt: at(2),
      },
    ],
    auditEvents: [
      event(5n, auditEventNumbers.tokenIssue, 'local', at(0), { identity: 'operator' }),
      event(31n, auditEventNumbers.nodeJoin, 'operator', at(1), { hostname: 'edge-1' }),
      event(34n, auditEventNumbers.nodeJoin, 'operator', at(1), { hostname: 'edge-2' }),
      event(212n, auditEventNumbers.certificateIssued, name, at(3), { domain: 'shop.example' }),
      event(2903n, auditEventNumbers.apply, 'ci', at(29), { deployment: 'orders', revision: '7' }),
      event(3310n, auditEventNumbers.apply, 'ci', at(31), { deployment: 'storefront', revision: '12' }),
    ],
  });
  return { state, index, term, operatorToken };
}

/** A token as the daemon stores it: SHA-256 of the text that the operator types (wire facts, section 1). */
export function sha256(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function deployment(
  name: string,
  revision: bigint,
  image: string,
  updatedAt: DeploymentMessage['updatedAt'],
): Draft<DeploymentMessage> {
  return {
    name,
    appliedRevision: String(revision),
    previousRevision: String(revision - 1n),
    status: active,
    jacoYaml: Buffer.from(`name: ${name}\nreplicas: 2\n`),
    composeYaml: Buffer.from(`services:\n  ${name}:\n    image: ${image}\n`),
    updatedAt,
  };
}

function event(
  raftIndex: bigint,
  type: number,
  identity: string,
  ts: AuditEventMessage['ts'],
  payload: Readonly<Record<string, string>>,
): Draft<AuditEventMessage> {
  return { raftIndex: String(raftIndex), type, identity, ts, payload };
}

/** A message whose field 1 is its name, as those of all entities are. */
function opaqueEntity(name: string): Buffer {
  return Buffer.concat([Buffer.from([0x0a, name.length]), Buffer.from(name)]);
}
