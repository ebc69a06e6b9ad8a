import type { ArchiveFileFacts, ArchiveReader, OpenedArchive } from '../../ports/archive-reader.js';
import type { BackupStore } from '../../ports/backup-store.js';
import type { StateKeyring, StateKeyringSource } from '../../ports/state-keyring.js';
import { isJacoError } from '../errors.js';
import { countPassing } from '../state/passing-bytes.js';
import { type SnapshotVisitor, walkSnapshot } from '../state/snapshot-content.js';
import { type ArchiveLocation, locationName } from '../values/archive-location.js';
import { type Warning, warningOf } from '../warning.js';
import { type ArchiveSchema, closedBy, type ReadableSchema, schemaOf } from './archive-schema.js';
import { longestEnvelopeHeaderBytes, readEnvelopeHeader } from './envelope-header.js';
import { judgeRestore, type PassedState, type RestoreVerdict } from './restore-verdict.js';
import type { SnapshotMetadata } from './snapshot-metadata.js';

/** Where archives are read from, and what parses their bytes. */
export interface ReadingPorts {
  readonly store: Pick<BackupStore, 'open'>;
  readonly archives: ArchiveReader;
  /** Without it, as without a ring in it, what is sealed stays closed. */
  readonly keyring?: StateKeyringSource;
}

/** What is known of the seal of an archive. */
export interface ArchiveSeal {
  /** Under which key of a ring it is sealed. Not secret. */
  readonly keyId: string;
  /** Whether the ring at hand opens it; `missing` where there is none. */
  readonly keyring: 'opens' | 'does-not-open' | 'missing';
}

/** How to read an archive. */
export interface ReadingRequest {
  readonly archive: ArchiveLocation;
  /** The version to judge it against; undefined takes the version that this release is made for. */
  readonly daemonVersion: string | undefined;
  /** Whether to compute the SHA-256 of the file. */
  readonly fingerprint: boolean;
}

/** An archive that was read to its end and is undamaged. A restore may still refuse it. */
export interface ReadArchive {
  readonly file: ArchiveFileFacts;
  readonly metadata: SnapshotMetadata;
  /** Of snapshot.bin, as it is kept. */
  readonly snapshotSizeBytes: number;
  readonly state: PassedState;
  readonly verdict: RestoreVerdict;
  /** Undefined where it is not sealed, or does not say under which key. */
  readonly seal: ArchiveSeal | undefined;
}

/** At most one warning, about zeros after an archive. */
export function warnOfPadding(archive: ArchiveLocation, { paddingBytes }: ArchiveFileFacts): readonly Warning[] {
  if (paddingBytes === 0) return [];
  const count = paddingBytes === 1 ? 'one zero byte follows' : `${paddingBytes} zero bytes follow`;
  return [
    warningOf(`${count} the archive in ${locationName(archive, 'read')}, as on tapes and block devices; passed over`),
  ];
}

/**
 * Opens the archive at a location. The caller closes the result.
 * @throws archive_unreadable, archive_rejected, archive_too_large, identity_missing, identity_unusable, interrupted
 */
export async function openArchive(
  { store, archives }: ReadingPorts,
  { archive, fingerprint }: Pick<ReadingRequest, 'archive' | 'fingerprint'>,
  signal: AbortSignal,
): Promise<OpenedArchive> {
  return archives.open(await store.open(archive, signal, { fingerprint }));
}

/**
 * Reads an archive once, in constant memory, shows `visitor` the records of its state, and judges it as a restore
 * would. Callers must not rely on what the visitor saw until the promise has resolved. A ring that does not open the state
 * makes the verdict.
 * @throws archive_unreadable, archive_rejected, archive_too_large, identity_missing, identity_unusable, keyring_unusable,
 *   interrupted
 */
export async function readArchive(
  ports: ReadingPorts,
  request: ReadingRequest,
  visitor: SnapshotVisitor,
  signal: AbortSignal,
): Promise<ReadArchive> {
  const opened = await openArchive(ports, request, signal);
  try {
    const passing = countPassing(opened.snapshot, signal);
    const keyring = await keyringFor(ports, opened);
    const header = watchHeader(passing.bytes);
    const state = await passState(schemaOf(opened, keyring), header.bytes, visitor);
    const verdict = judgeRestore(state, request.daemonVersion);
    const { metadata } = opened;
    const seal = metadata.kind === 'sealed' ? sealOf(header.kept(), keyring, state) : undefined;
    return { file: opened.file(), metadata, snapshotSizeBytes: passing.sizeBytes(), state, verdict, seal };
  } finally {
    await opened.close();
  }
}

/** Reads a snapshot to its end, and the state in it if the schema is readable. */
async function passState(
  schema: ArchiveSchema,
  snapshot: AsyncIterable<Uint8Array>,
  visitor: SnapshotVisitor,
): Promise<PassedState> {
  // Without a way to end it early: what a ring does not open must still be read to its end, to know that it is undamaged.
  const iterator = snapshot[Symbol.asyncIterator]();
  const rest = { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) };
  const state =
    schema.kind === 'readable' ? await openState(schema, rest, visitor) : ({ kind: 'closed', schema } as const);
  for await (const _ of rest);
  return state;
}

async function openState(
  schema: ReadableSchema,
  snapshot: AsyncIterable<Uint8Array>,
  visitor: SnapshotVisitor,
): Promise<PassedState> {
  const walk = walkSnapshot(visitor);
  try {
    for await (const bytes of schema.openState(snapshot)) walk.feed(bytes);
  } catch (refusal) {
    if (!isJacoError(refusal, 'keyring_mismatch')) throw refusal;
    return { kind: 'closed', schema: closedBy(() => refusal) };
  }
  return { kind: 'read', schema, content: walk.finish() };
}

/** The ring for an archive that is sealed. `dataDirectory` is that of a daemon, in which the ring may not lie. @throws keyring_unusable */
export async function keyringFor(
  { keyring }: Pick<ReadingPorts, 'keyring'>,
  { metadata }: Pick<OpenedArchive, 'metadata'>,
  dataDirectory?: string,
): Promise<StateKeyring | undefined> {
  return metadata.kind === 'sealed' ? keyring?.load(dataDirectory) : undefined;
}

/** Passes bytes on, and keeps as many of the first as the header of an envelope may have. */
function watchHeader(source: AsyncIterable<Uint8Array>) {
  const kept: number[] = [];
  async function* pass(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const bytes of source) {
      kept.push(...bytes.subarray(0, longestEnvelopeHeaderBytes - kept.length));
      yield bytes;
    }
  }
  return { bytes: pass(), kept: () => Uint8Array.from(kept) };
}

function sealOf(start: Uint8Array, keyring: StateKeyring | undefined, state: PassedState): ArchiveSeal | undefined {
  const header = readEnvelopeHeader(start);
  if (header.kind !== 'envelope') return undefined;
  const opens = state.kind === 'read' ? 'opens' : 'does-not-open';
  return { keyId: header.keyId, keyring: keyring === undefined ? 'missing' : opens };
}
