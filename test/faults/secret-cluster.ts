import { createHash, randomBytes } from 'node:crypto';
import { composeArchive, encodeMetadata } from '../../src/adapters/archive/archive-composer.js';
import { messages } from '../../src/adapters/contract/contract.js';
import { type CertifiedKey, createCertificateAuthority } from '../../src/adapters/identity/certificate-authority.js';
import type { StoreAccess } from '../../src/adapters/raft/store-access.js';
import type { Keyring } from '../../src/adapters/seal/keyring.js';
import { createStateKeyring } from '../../src/adapters/seal/state-keyring.js';
import { createStoreAccess } from '../../src/adapters/seal/store-access.js';
import { type PlainMetadata, type SnapshotFacts, sealedSchema } from '../../src/domain/archive/snapshot-metadata.js';
import type { StateKeyring } from '../../src/ports/state-keyring.js';
import { collect, streamOf } from '../builders/byte-streams.js';
import { composedArchive } from '../builders/composed-archive.js';
import { noise } from '../builders/snapshot-bytes.js';

/** A cluster's archive, and all that must be known to recognise what is restored from it, or printed of it. */
export interface SecretCluster {
  readonly archive: Buffer;
  readonly archiveSha256: string;
  readonly metadata: PlainMetadata;
  readonly snapshotSha256: string;
  readonly snapshotSizeBytes: number;
  /** Of state.bin in a restored store: the same, unless it is sealed. */
  readonly storedSizeBytes: number;
  /** How the restored store is kept; undefined for a plain one. */
  readonly access: StoreAccess | undefined;
  readonly authority: CertifiedKey;
  /** 64 hexadecimal characters, of which the state holds the SHA-256. */
  readonly operatorToken: string;
  /** Texts that may be seen nowhere: the token, and of the state lines of the CA key, passwords and configurations. */
  readonly secrets: readonly string[];
}

/** One of each kind of content that an operator would not want to see printed. */
const markers = {
  registryPassword: 'hunter2-registry-password',
  configuration: 'DATABASE_URL=postgres://app:swordfish@db/app',
  certificateKey: 'private-key-of-shop.example',
} as const;

/** A cluster with a CA, whose state has secrets and `ballastBytes` of incompressible bytes, and is sealed under `ring` if there is one. */
export async function secretCluster(ballastBytes = 0, clusterId = '6f1c0d9e', ring?: Keyring): Promise<SecretCluster> {
  const authority = await createCertificateAuthority('secret cluster CA', Date.now());
  const operatorToken = randomBytes(32).toString('hex');
  const snapshot = messages.state.encode({
    cluster: { clusterId, caCert: Buffer.from(authority.certificate), caKey: Buffer.from(authority.key) },
    nodes: [
      { hostname: 'node-1', address: '10.0.0.5:7001' },
      { hostname: 'node-2', address: '10.0.0.6:7001' },
    ],
    deployments: [{ name: 'shop', composeYaml: Buffer.from(markers.configuration) }],
    routes: ballastBytes === 0 ? [] : [Buffer.from(noise(ballastBytes))],
    tokens: [{ identity: 'operator', hashedSecret: createHash('sha256').update(operatorToken).digest() }],
    certs: [Buffer.from(markers.certificateKey)],
    registryCredentials: [Buffer.from(markers.registryPassword)],
  });
  const metadata: PlainMetadata = {
    kind: 'plain',
    schemaVersion: 1,
    clusterId,
    snapshotIndex: 4178n,
    snapshotTerm: 3n,
    jacoVersion: 'v0.3.9',
    takenAt: '2026-05-25T10:00:00Z',
    leaderAtSnapshot: '10.0.0.5:7001',
  };
  const keyring = ring && createStateKeyring(ring);
  const storedSizeBytes = keyring?.sealedSizeBytes(snapshot.length) ?? snapshot.length;
  const archive = await collect(
    keyring === undefined
      ? composedArchive(metadata, streamOf(snapshot), snapshot.length)
      : composeSealed(metadata, snapshot, keyring),
  );
  return {
    archive,
    archiveSha256: sha256(archive),
    metadata,
    snapshotSha256: sha256(snapshot),
    snapshotSizeBytes: snapshot.length,
    storedSizeBytes,
    access: ring && createStoreAccess(ring),
    authority,
    operatorToken,
    secrets: [operatorToken, ...pemBody(authority.key), ...Object.values(markers)],
  };
}

/** In hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function pemBody(pem: string): readonly string[] {
  return pem.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
}

function composeSealed(facts: SnapshotFacts, state: Uint8Array, keyring: StateKeyring): AsyncIterable<Uint8Array> {
  const metadata = encodeMetadata(sealedSchema, facts);
  return composeArchive({
    metadata,
    snapshot: keyring.sealSnapshot(streamOf(state), metadata),
    snapshotSizeBytes: keyring.sealedSizeBytes(state.length),
    madeAtMs: Date.parse(facts.takenAt),
  });
}
