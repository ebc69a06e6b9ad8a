import type { ArchiveFileFacts, ArchiveReader } from '../../ports/archive-reader.js';
import { stopIfInterrupted } from '../errors.js';
import { type SnapshotContent, type SnapshotVisitor, walkSnapshot } from '../state/snapshot-content.js';
import { printable } from '../values/printable-text.js';
import { judgeRestore, type RestoreVerdict } from './restore-verdict.js';
import { restorableSchema, type SnapshotMetadata } from './snapshot-metadata.js';

/** How an archive is to be read. */
export interface ReadingRequest {
  readonly archive: string;
  /** `--daemon-version`: what it is judged against. */
  readonly daemonVersion: string | undefined;
  /** Whether the SHA-256 of the file is wanted. */
  readonly fingerprint: boolean;
}

/** An archive that was read to its end and is undamaged, whatever a restore may say of it. */
export interface ReadArchive {
  readonly file: ArchiveFileFacts;
  readonly metadata: SnapshotMetadata;
  readonly snapshotSizeBytes: number;
  /** What the state turned out to be; undefined where the schema is one whose state cannot be read. */
  readonly content: SnapshotContent | undefined;
  readonly verdict: RestoreVerdict;
}

/** How an archive is called in sentences: by its path, fit for a terminal. */
export function archiveName(archive: string): string {
  return archive === '-' ? 'standard input' : printable(archive, 4096);
}

/** What to say of zeros behind an archive: at most one sentence. */
export function warnOfPadding(archive: string, { paddingBytes }: ArchiveFileFacts): readonly string[] {
  if (paddingBytes === 0) return [];
  const count = paddingBytes === 1 ? 'one zero byte follows' : `${paddingBytes} zero bytes follow`;
  return [`${count} the archive in ${archiveName(archive)}, as on tapes and block devices; passed over`];
}

/**
 * Reads an archive once, in constant memory, shows `visitor` the records of its state, and judges it as a restore would.
 * Until it has resolved, what the visitor saw must not be relied on.
 * @throws archive_unreadable, archive_rejected, archive_too_large, identity_missing, identity_unusable, interrupted
 */
export async function readArchive(
  archives: ArchiveReader,
  request: ReadingRequest,
  visitor: SnapshotVisitor,
  signal: AbortSignal,
): Promise<ReadArchive> {
  const opened = await archives.open(request.archive, { fingerprint: request.fingerprint });
  try {
    const { metadata } = opened;
    const walk = metadata.schemaVersion === restorableSchema ? walkSnapshot(visitor) : undefined;
    let snapshotSizeBytes = 0;
    for await (const bytes of opened.snapshot) {
      stopIfInterrupted(signal);
      snapshotSizeBytes += bytes.length;
      walk?.feed(bytes);
    }
    const content = walk?.finish();
    const verdict = judgeRestore(metadata, content, request.daemonVersion);
    return { file: opened.file(), metadata, snapshotSizeBytes, content, verdict };
  } finally {
    await opened.close();
  }
}
