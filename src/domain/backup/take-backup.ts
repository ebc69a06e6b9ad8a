import type { ArchiveSealer } from '../../ports/archive-sealer.js';
import type { ArchiveSummary, ArchiveVerifier } from '../../ports/archive-verifier.js';
import type { ArchiveWriter, StoredArchive } from '../../ports/archive-writer.js';
import type { ClusterView } from '../../ports/cluster-view.js';
import type { ContentDigest, RunningDigest } from '../../ports/content-digest.js';
import type { FileSystemGaps } from '../../ports/file-system-gaps.js';
import type { SnapshotSource } from '../../ports/snapshot-source.js';
import { leaderOf } from '../cluster/cluster-status.js';
import { isJacoError, JacoError, leavingBehind, leftBehindBy } from '../errors.js';
import { warnOfGaps } from '../file-system-warnings.js';
import { advice, giveParameter } from '../remedy.js';
import type { ArchiveLocation } from '../values/archive-location.js';
import { isSpecificHost, parseNetworkAddress } from '../values/network-address.js';
import { printable } from '../values/printable-text.js';
import { type Warning, warningOf } from '../warning.js';

/** The ports of a backup. */
export interface BackupPorts {
  readonly source: SnapshotSource;
  readonly cluster: ClusterView;
  readonly verifier: ArchiveVerifier;
  readonly writer: ArchiveWriter;
  /** Without it there are no warnings about what the file system could not make durable. */
  readonly gaps?: FileSystemGaps;
  /** Gives the digest of the file; without it there is none. */
  readonly digest?: ContentDigest;
  /** Encrypts the archive; without it the archive is kept as it was sent. */
  readonly sealer?: ArchiveSealer;
  /**
   * The same cluster at another node's gRPC address, with the operator's token. Without it a follower's refusal is
   * final.
   */
  readonly sourceAt?: (grpcAddress: string) => SnapshotSource;
}

/** A backup that is on stable storage. */
export interface BackupOutcome extends StoredArchive, ArchiveSummary {
  /** The SHA-256 of what was stored, hexadecimal; undefined without the port for it. */
  readonly sha256: string | undefined;
  /** Whether what was stored is encrypted. */
  readonly encrypted: boolean;
  readonly warnings: readonly Warning[];
  /** The leader that was asked instead of the named follower, in words; undefined if no other node was asked. */
  readonly followedTo: string | undefined;
}

/**
 * Takes a backup: the cluster's archive flows through verification into the file, byte for byte as it was sent. The
 * file appears only when all of it is verified and durable. If a follower was asked, the use case asks the leader that
 * the follower names instead, once, if that is possible: not after bytes have arrived, because a pipe cannot take them
 * back.
 * @throws every error of the ports; a follower's `no_leader` includes the leader's name if the cluster knows it
 */
export async function takeBackup(
  ports: BackupPorts,
  destination: ArchiveLocation,
  signal: AbortSignal,
): Promise<BackupOutcome> {
  const first = watchedSource(ports.source);
  try {
    return { ...(await backUp(ports, first.source, destination, signal)), followedTo: undefined };
  } catch (error) {
    if (!isJacoError(error, 'daemon_refused') || error.details['daemonCode'] !== 'no_leader') throw error;
    const leader = await findLeader(ports.cluster, signal);
    if (leader === undefined) throw error;
    if (leader === 'none') throw withoutLeader(error);
    if (ports.sourceAt === undefined || leader.grpcAddress === '' || first.hasSent()) {
      throw namingTheLeader(error, leader);
    }
    const source = ports.sourceAt(leader.grpcAddress);
    const stored = await backUp(ports, source, destination, signal).catch((failure: unknown) => {
      throw blamingTheFollower(failure, leader);
    });
    return { ...stored, followedTo: `${printable(leader.hostname)} (${printable(leader.grpcAddress)})` };
  }
}

/** A source that remembers whether it has sent anything. */
function watchedSource(source: SnapshotSource): { readonly source: SnapshotSource; hasSent(): boolean } {
  let sent = false;
  return {
    hasSent: () => sent,
    source: {
      async *open(signal) {
        for await (const bytes of source.open(signal)) {
          sent = true;
          yield bytes;
        }
      },
    },
  };
}

async function backUp(
  { verifier, writer, sealer, digest, gaps }: BackupPorts,
  source: SnapshotSource,
  destination: ArchiveLocation,
  signal: AbortSignal,
): Promise<Omit<BackupOutcome, 'followedTo'>> {
  const passage = verifier.verify(source.open(signal));
  const bytes = sealer === undefined ? passage.bytes : sealer.seal(passage.bytes);
  const running = digest?.start();
  const digested = running === undefined ? bytes : digesting(bytes, running);
  const stored = await writer.write(destination, digested, signal).catch((failure: unknown) => {
    throw sealer === undefined ? failure : leavingNoSecret(failure);
  });
  const summary = passage.summary();
  return {
    ...stored,
    ...summary,
    sha256: running?.hex(),
    encrypted: sealer !== undefined,
    warnings: [...schemaWarnings(summary), ...warnOfGaps(gaps)],
  };
}

async function* digesting(
  bytes: AsyncIterable<Uint8Array>,
  running: RunningDigest,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of bytes) {
    running.update(piece);
    yield piece;
  }
}

/** The remains of an encrypted archive are not secret. */
function leavingNoSecret(failure: unknown): unknown {
  return leavingBehind(
    failure,
    leftBehindBy(failure).map((left) => ({ ...left, secret: false })),
  );
}

function schemaWarnings({ metadata, stateVerified }: ArchiveSummary): readonly Warning[] {
  if (stateVerified) return [];
  const found = `the archive has schema ${metadata.schemaVersion}, written by a newer daemon: its outer form was verified`;
  return metadata.kind === 'sealed'
    ? [warningOf(`${found}, but nobody has looked into its state, which is sealed`, giveParameter('keyFile'))]
    : [warningOf(`${found}, but this version of jaco cannot restore it`)];
}

/** The node to ask instead of a follower. */
interface Leader {
  /** Empty if the cluster does not list the node. */
  readonly hostname: string;
  readonly raftAddress: string;
  /** Empty if it is unknown. */
  readonly grpcAddress: string;
}

/** The follower's own view of the cluster may name the leader; `none` where it knows of none. A failure to ask must not hide its refusal. */
async function findLeader(cluster: ClusterView, signal: AbortSignal): Promise<Leader | 'none' | undefined> {
  try {
    const status = await cluster.status(signal);
    if (status.leader === '') return status.initialized ? 'none' : undefined;
    const { hostname = '', grpcAddress = '' } = leaderOf(status) ?? {};
    return { hostname, raftAddress: status.leader, grpcAddress: isDiallable(grpcAddress) ? grpcAddress : '' };
  } catch {
    return undefined;
  }
}

/** A follower's answer may be wrong, or made up. */
function isDiallable(address: string): boolean {
  const parsed = parseNetworkAddress(address);
  return parsed !== undefined && isSpecificHost(parsed.host);
}

/** If a leader cannot be reached, or is not of this cluster, the address that the operator gave is not at fault. */
function blamingTheFollower(failure: unknown, { hostname, grpcAddress }: Leader): unknown {
  if (!isJacoError(failure)) return failure;
  if (failure.code !== 'connection_failed' && failure.code !== 'tls_untrusted') return failure;
  const name = `${printable(hostname, 100)} at ${printable(grpcAddress, 300)}`;
  return new JacoError(
    failure.code,
    `a follower was asked, and the leader that it names, ${name}, did not send the backup: ${failure.message}`,
    {
      remedies: [{ kind: 'reach-leader' }],
      details: failure.details,
      cause: failure,
    },
  );
}

/** The daemon says the same while an election runs and when no majority is left to hold one. */
function withoutLeader(refusal: JacoError): JacoError {
  return new JacoError(
    'daemon_refused',
    `${refusal.message}, and this node knows of no leader: an election takes about a second; if it lasts, a majority of the voters is missing`,
    {
      remedies: [advice('Wait until one is elected.'), { kind: 'recover-cluster' }],
      details: { ...refusal.details, leader: '' },
      cause: refusal,
    },
  );
}

function namingTheLeader(refusal: JacoError, { hostname, raftAddress, grpcAddress }: Leader): JacoError {
  const name = hostname === '' ? raftAddress : `${hostname} (${grpcAddress || raftAddress})`;
  const address = grpcAddress === '' ? undefined : printable(grpcAddress, 300);
  return new JacoError('daemon_refused', `${refusal.message}; the leader is ${printable(name, 400)}`, {
    remedies: [{ kind: 'ask-leader', address }],
    details: { ...refusal.details, leader: raftAddress },
    cause: refusal,
  });
}
