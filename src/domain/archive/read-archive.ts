import type { ArchiveFileFacts, ArchiveReader, OpenedArchive } from '../../ports/archive-reader.js';
import type { BackupStore } from '../../ports/backup-store.js';
import { countPassing } from '../state/passing-bytes.js';
import { type SnapshotVisitor, walkSnapshot } from '../state/snapshot-content.js';
import { type ArchiveLocation, locationName } from '../values/archive-location.js';
import { type Warning, warningOf } from '../warning.js';
import { type ArchiveSchema, schemaOf } from './archive-schema.js';
import { judgeRestore, type PassedState, type RestoreVerdict } from './restore-verdict.js';
import type { SnapshotMetadata } from './snapshot-metadata.js';

/** Where archives are read from, and what parses their bytes. */
export interface ReadingPorts {
  readonly store: Pick<BackupStore, 'open'>;
  readonly archives: ArchiveReader;
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
 * would. Callers must not rely on what the visitor saw until the promise has resolved.
 * @throws archive_unreadable, archive_rejected, archive_too_large, identity_missing, identity_unusable, interrupted
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
    const state = await passState(schemaOf(opened), passing.bytes, visitor);
    const verdict = judgeRestore(state, request.daemonVersion);
    const { metadata } = opened;
    return { file: opened.file(), metadata, snapshotSizeBytes: passing.sizeBytes(), state, verdict };
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
  if (schema.kind === 'readable') {
    const walk = walkSnapshot(visitor);
    for await (const bytes of schema.openState(snapshot)) walk.feed(bytes);
    return { kind: 'read', schema, content: walk.finish() };
  }
  for await (const _ of snapshot);
  return { kind: 'closed', schema };
}
