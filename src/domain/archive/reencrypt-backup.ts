import type { ArchiveComposer } from '../../ports/archive-composer.js';
import type { OpenedArchive } from '../../ports/archive-reader.js';
import type { ArchiveWriter, StoredArchive } from '../../ports/archive-writer.js';
import type { BackupStore } from '../../ports/backup-store.js';
import type { FileSystemGaps } from '../../ports/file-system-gaps.js';
import type { StateKeyring, StateKeyringSource } from '../../ports/state-keyring.js';
import { JacoError } from '../errors.js';
import { warnOfGaps } from '../file-system-warnings.js';
import { advice, giveParameter } from '../remedy.js';
import { countPassing } from '../state/passing-bytes.js';
import type { SnapshotVisitor } from '../state/snapshot-content.js';
import { type ArchiveLocation, locationName } from '../values/archive-location.js';
import type { Warning } from '../warning.js';
import { requireReadable, requireRestorable, schemaOf } from './archive-schema.js';
import { keyringFor, openArchive, type ReadingPorts, warnOfPadding } from './read-archive.js';
import { acceptWhilePassing, refusingUnknown } from './snapshot-acceptance.js';
import { instantOf, type SnapshotFacts, sealedSchema } from './snapshot-metadata.js';

/** The ports of a re-encryption. */
export interface ReencryptionPorts extends ReadingPorts {
  readonly store: Pick<BackupStore, 'open' | 'stat'>;
  readonly writer: ArchiveWriter;
  readonly composer: ArchiveComposer;
  /** The ring to seal under. */
  readonly nextKeyring: StateKeyringSource;
  /** Without it there are no warnings about what the file system could not make durable. */
  readonly gaps?: FileSystemGaps;
}

/** Which backup is re-encrypted, and where to. */
export interface ReencryptionRequest {
  readonly archive: ArchiveLocation;
  /** Nothing may be there. */
  readonly destination: ArchiveLocation;
  /** Whether a plain archive may be sealed: nothing proves that its content is what a daemon wrote. */
  readonly allowsPlain: boolean;
  /** The data directory of this host's daemon, in which no ring may lie. */
  readonly dataDirectory: string;
}

/** A backup that is on stable storage under its next ring. */
export interface ReencryptionOutcome extends StoredArchive {
  readonly facts: SnapshotFacts;
  readonly from: 'plain' | 'sealed';
  /** The id of the key that seals it now. */
  readonly keyId: string;
  readonly warnings: readonly Warning[];
}

/**
 * Makes a sealed backup of a plain one, or of one that is sealed under another ring or another key of the same. What a sealed
 * one says of itself stays, to the byte. The backup is read twice: the size of what is sealed stands before it in an archive, so
 * the first reading measures and verifies. The source is only read. The destination appears whole, durable and verified, or
 * not at all; that nothing is there is looked at before, and once more when all has been written.
 * @throws archive_exists, schema_unsupported, snapshot_rejected, every error of the ports
 */
export async function reencryptBackup(
  ports: ReencryptionPorts,
  request: ReencryptionRequest,
  signal: AbortSignal,
): Promise<ReencryptionOutcome> {
  await refuseExisting(ports, request, signal);
  const ring = await ports.nextKeyring.load(request.dataDirectory);
  const measured = await measure(ports, request, signal);
  const { facts, from } = measured;
  const archive = sealAgain(ports, request, measured, ring, signal);
  const stored = await ports.writer.write(request.destination, archive, signal);
  const warnings = [...measured.warnings, ...warnOfGaps(ports.gaps)];
  return { ...stored, facts, from, keyId: ring.activeKeyId, warnings };
}

/** What the first reading found. */
interface MeasuredBackup {
  readonly metadataBytes: Uint8Array;
  readonly facts: SnapshotFacts;
  readonly from: 'plain' | 'sealed';
  readonly stateSizeBytes: number;
  readonly warnings: readonly Warning[];
}

async function measure(
  ports: ReencryptionPorts,
  request: ReencryptionRequest,
  signal: AbortSignal,
): Promise<MeasuredBackup> {
  const opened = await openArchive(ports, { archive: request.archive, fingerprint: false }, signal);
  try {
    const { metadata, metadataBytes } = opened;
    const from = metadata.kind === 'plain' ? 'plain' : 'sealed';
    if (from === 'plain' && !request.allowsPlain) throw plainRefused(request.archive);
    const { facts, state } = await openState(ports, request, opened, from === 'plain' ? refusingUnknown() : undefined);
    const passing = countPassing(state, signal);
    for await (const _ of passing.bytes);
    const warnings = warnOfPadding(request.archive, opened.file());
    return { metadataBytes, facts, from, stateSizeBytes: passing.sizeBytes(), warnings };
  } finally {
    await opened.close();
  }
}

async function* sealAgain(
  ports: ReencryptionPorts,
  request: ReencryptionRequest,
  { metadataBytes, facts, from, stateSizeBytes }: MeasuredBackup,
  ring: StateKeyring,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const opened = await openArchive(ports, { archive: request.archive, fingerprint: false }, signal);
  try {
    if (!areSame(opened.metadataBytes, metadataBytes)) throw changedMeanwhile();
    const { state } = await openState(ports, request, opened);
    const metadata = from === 'sealed' ? metadataBytes : ports.composer.encodeMetadata(sealedSchema, facts);
    yield* ports.composer.compose({
      metadata,
      snapshot: ring.sealSnapshot(ofSize(stateSizeBytes, state), metadata),
      snapshotSizeBytes: ring.sealedSizeBytes(stateSizeBytes),
      madeAtMs: instantOf(facts.takenAt) as number,
    });
    await refuseExisting(ports, request, signal);
  } finally {
    await opened.close();
  }
}

/** The state of an archive, which must be one that a restore takes. */
async function openState(
  ports: ReencryptionPorts,
  { dataDirectory }: ReencryptionRequest,
  opened: OpenedArchive,
  visitor?: SnapshotVisitor,
) {
  const schema = schemaOf(opened, await keyringFor(ports, opened, dataDirectory));
  const facts = requireRestorable(schema);
  const state = requireReadable(schema).openState(opened.snapshot);
  return { facts, state: acceptWhilePassing(state, facts, visitor) };
}

async function* ofSize(
  sizeBytes: number,
  state: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let passed = 0;
  for await (const piece of state) {
    passed += piece.length;
    if (passed > sizeBytes) break;
    yield piece;
  }
  if (passed !== sizeBytes) throw changedMeanwhile();
}

function areSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, position) => byte === other[position]);
}

async function refuseExisting(
  { store }: Pick<ReencryptionPorts, 'store'>,
  { destination }: ReencryptionRequest,
  signal: AbortSignal,
): Promise<void> {
  if ((await store.stat(destination, signal)) === undefined) return;
  const place = locationName(destination, 'written');
  throw new JacoError(
    'archive_exists',
    `cannot write the re-encrypted backup to ${place}: there is something already.`,
    {
      remedies: [{ kind: 'choose-another', parameter: 'reencryptedArchive' }],
    },
  );
}

function plainRefused(archive: ArchiveLocation): JacoError {
  return new JacoError(
    'schema_unsupported',
    `${locationName(archive, 'read')} is a plain archive: nothing proves that its content is what a daemon wrote, and sealing it would vouch for it.`,
    { remedies: [giveParameter('allowLegacyPlaintext')] },
  );
}

function changedMeanwhile(): JacoError {
  return new JacoError('archive_rejected', 'the archive changed while it was read.', {
    remedies: [advice('Wait until nothing writes to it, and try again.')],
  });
}
