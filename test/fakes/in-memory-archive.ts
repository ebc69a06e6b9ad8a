import { createHash } from 'node:crypto';
import { parse, stringify } from 'lossless-json';
import {
  type KnownFacts,
  metadataSizeLimitBytes,
  type SnapshotMetadata,
} from '../../src/domain/archive/snapshot-metadata.js';
import { JacoError } from '../../src/domain/errors.js';

/** What the fakes keep in a file. */
export interface InMemoryFile {
  readonly bytes: Uint8Array;
  /** Permission bits. */
  readonly mode: number;
}

/** The metadata of a fake archive, and their text. */
export interface InMemoryHead {
  readonly metadata: SnapshotMetadata;
  readonly metadataBytes: Uint8Array;
  readonly snapshotSizeBytes: number;
}

/** Takes one archive of the fakes apart while its bytes come. */
export interface InMemoryArchiveWalk {
  /** Gives the bytes of the snapshot among `bytes`. @throws archive_rejected, archive_too_large */
  feed(bytes: Uint8Array): Uint8Array;
  /** Undefined until enough has come. */
  head(): InMemoryHead | undefined;
  /** How many zeros have followed the archive so far. */
  paddingBytes(): number;
  /** @throws archive_rejected  the archive is not complete or was changed */
  finish(): InMemoryHead;
}

const digestBytes = 32;
/** The longest first line: two sizes. */
const sizesLimitBytes = 100;

/**
 * An archive of the fakes: a line with the sizes of its metadata and of its snapshot, the metadata as JSON, the snapshot, and
 * the SHA-256 of all that. It stands for what a real archive is to the domain: bytes that can be found damaged. Metadata that
 * are given as text are kept as they are.
 */
export function encodeInMemoryArchive(metadata: SnapshotMetadata | Uint8Array, snapshot: Uint8Array): Uint8Array {
  const metadataBytes = metadata instanceof Uint8Array ? metadata : inMemoryMetadata(metadata);
  const sizes = Buffer.from(`${metadataBytes.length} ${snapshot.length}\n`);
  const body = Buffer.concat([sizes, metadataBytes, snapshot]);
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}

/** Metadata as an archive of the fakes holds them. */
export function inMemoryMetadata(metadata: SnapshotMetadata): Uint8Array {
  return Buffer.from(stringify(metadata) ?? '');
}

/** Starts to take an archive apart, whose snapshot may have `limitBytes`; zeros may follow it where `padded` says so. */
export function walkInMemoryArchive(limitBytes: number, padded = false): InMemoryArchiveWalk {
  const digest = createHash('sha256');
  let sizes: Sizes | undefined;
  let head: InMemoryHead | undefined;
  let waiting: Uint8Array = new Uint8Array(0);
  let missing = 0;
  let paddingBytes = 0;

  function take(sizeBytes: number): Uint8Array {
    const taken = waiting.subarray(0, sizeBytes);
    digest.update(taken);
    waiting = waiting.subarray(sizeBytes);
    return taken;
  }

  function takeSizes(): void {
    const end = waiting.indexOf(0x0a);
    if (end < 0 && waiting.length > sizesLimitBytes) throw rejected('it does not begin like one');
    if (end < 0) return;
    sizes = readSizes(waiting.subarray(0, end));
    if (sizes.metadata > metadataSizeLimitBytes) throw rejected('its metadata are too long');
    if (sizes.snapshot > limitBytes) throw new JacoError('archive_too_large', 'the snapshot is larger than the limit.');
    take(end + 1);
  }

  function takeHead({ metadata, snapshot }: Sizes): void {
    if (waiting.length < metadata) return;
    const metadataBytes = take(metadata);
    head = { metadata: parseMetadata(metadataBytes), metadataBytes, snapshotSizeBytes: snapshot };
    missing = snapshot;
  }

  return {
    head: () => head,
    paddingBytes: () => paddingBytes,
    feed(bytes) {
      waiting = Buffer.concat([waiting, bytes]);
      if (sizes === undefined) takeSizes();
      if (sizes !== undefined && head === undefined) takeHead(sizes);
      if (head === undefined) return new Uint8Array(0);
      const snapshot = take(Math.min(missing, waiting.length));
      missing -= snapshot.length;
      const behind = waiting.subarray(digestBytes);
      if (behind.some((byte) => !padded || byte !== 0)) throw rejected('bytes follow after its end');
      paddingBytes += behind.length;
      waiting = waiting.subarray(0, digestBytes);
      return snapshot;
    },
    finish() {
      if (head === undefined || missing > 0 || waiting.length < digestBytes) {
        throw rejected('it is cut short');
      }
      if (!digest.digest().equals(waiting)) throw rejected('it is damaged');
      return head;
    },
  };
}

/** How many bytes each part has. */
interface Sizes {
  readonly metadata: number;
  readonly snapshot: number;
}

function readSizes(line: Uint8Array): Sizes {
  const match = /^(\d{1,15}) (\d{1,15})$/.exec(Buffer.from(line).toString('latin1'));
  if (match === null) throw rejected('it does not begin like one');
  return { metadata: Number(match[1]), snapshot: Number(match[2]) };
}

/** What the text leaves out is not known. */
const nothingKnown: KnownFacts = {
  clusterId: undefined,
  snapshotIndex: undefined,
  snapshotTerm: undefined,
  jacoVersion: undefined,
  takenAt: undefined,
  leaderAtSnapshot: undefined,
};

function parseMetadata(text: Uint8Array): SnapshotMetadata {
  try {
    const fields = parse(Buffer.from(text).toString(), undefined, BigInt) as Record<string, unknown>;
    const schemaVersion = Number(fields['schemaVersion']);
    const known = fields['kind'] === 'sealed' ? { ...nothingKnown, unknownField: undefined } : nothingKnown;
    return { ...known, ...fields, schemaVersion } as SnapshotMetadata;
  } catch (error) {
    throw rejected('its metadata cannot be read', error);
  }
}

function rejected(reason: string, cause?: unknown): JacoError {
  return new JacoError('archive_rejected', `the archive is not usable: ${reason}.`, { cause });
}
