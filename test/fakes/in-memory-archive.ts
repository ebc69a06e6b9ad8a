import { createHash } from 'node:crypto';
import { parse, stringify } from 'lossless-json';
import type { SnapshotMetadata } from '../../src/domain/archive/snapshot-metadata.js';
import { JacoError } from '../../src/domain/errors.js';

/** What the fakes keep in a file. */
export interface InMemoryFile {
  readonly bytes: Uint8Array;
  /** Permission bits. */
  readonly mode: number;
}

/** Takes one archive of the fakes apart while its bytes come. */
export interface InMemoryArchiveWalk {
  /** Gives the bytes of the snapshot among `bytes`. @throws archive_rejected, archive_too_large */
  feed(bytes: Uint8Array): Uint8Array;
  /** What the archive says of itself; undefined until enough has come. */
  metadata(): SnapshotMetadata | undefined;
  /** How many zeros have followed the archive so far. */
  paddingBytes(): number;
  /** @throws archive_rejected  the archive is not complete or was changed */
  finish(): { readonly metadata: SnapshotMetadata; readonly snapshotSizeBytes: number };
}

const digestBytes = 32;
const headLimitBytes = 4096;

/**
 * An archive of the fakes: a line of JSON with the metadata and the size of the snapshot, the snapshot, and the
 * SHA-256 of all that. It stands for what a real archive is to the domain: bytes that can be found damaged.
 */
export function encodeInMemoryArchive(metadata: SnapshotMetadata, snapshot: Uint8Array): Uint8Array {
  const head = Buffer.from(`${stringify({ ...metadata, sizeBytes: snapshot.length })}\n`);
  const body = Buffer.concat([head, snapshot]);
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}

/** Starts to take an archive apart, whose snapshot may have `limitBytes`; zeros may follow it where `padded` says so. */
export function walkInMemoryArchive(limitBytes: number, padded = false): InMemoryArchiveWalk {
  const digest = createHash('sha256');
  let head: (SnapshotMetadata & { readonly sizeBytes: number }) | undefined;
  let waiting: Uint8Array = new Uint8Array(0);
  let missing = 0;
  let paddingBytes = 0;

  function takeHead(): void {
    const end = waiting.indexOf(0x0a);
    if (end < 0 && waiting.length > headLimitBytes) throw rejected('it does not begin like one');
    if (end < 0) return;
    head = parseHead(waiting.subarray(0, end));
    if (head.sizeBytes > limitBytes) throw new JacoError('archive_too_large', 'the snapshot is larger than the limit.');
    digest.update(waiting.subarray(0, end + 1));
    waiting = waiting.subarray(end + 1);
    missing = head.sizeBytes;
  }

  return {
    metadata: () => head && withoutSize(head),
    paddingBytes: () => paddingBytes,
    feed(bytes) {
      waiting = Buffer.concat([waiting, bytes]);
      if (head === undefined) takeHead();
      if (head === undefined) return new Uint8Array(0);
      const snapshot = waiting.subarray(0, missing);
      digest.update(snapshot);
      missing -= snapshot.length;
      waiting = waiting.subarray(snapshot.length);
      const behind = waiting.subarray(digestBytes);
      if (behind.some((byte) => !padded || byte !== 0)) throw rejected('bytes follow after its end');
      paddingBytes += behind.length;
      waiting = waiting.subarray(0, digestBytes);
      return snapshot;
    },
    finish() {
      if (head === undefined || missing > 0 || waiting.length < digestBytes) throw rejected('it is cut short');
      if (!digest.digest().equals(waiting)) throw rejected('it is damaged');
      return { metadata: withoutSize(head), snapshotSizeBytes: head.sizeBytes };
    },
  };
}

function parseHead(line: Uint8Array): SnapshotMetadata & { readonly sizeBytes: number } {
  try {
    const fields = parse(Buffer.from(line).toString(), undefined, BigInt) as Record<string, unknown>;
    return {
      ...(fields as unknown as SnapshotMetadata),
      schemaVersion: Number(fields['schemaVersion']),
      sizeBytes: Number(fields['sizeBytes']),
    };
  } catch (error) {
    throw rejected('it does not begin like one', error);
  }
}

function withoutSize(head: SnapshotMetadata & { readonly sizeBytes: number }): SnapshotMetadata {
  const { sizeBytes: _, ...metadata } = head;
  return metadata;
}

function rejected(reason: string, cause?: unknown): JacoError {
  return new JacoError('archive_rejected', `the archive is not usable: ${reason}.`, { cause });
}
