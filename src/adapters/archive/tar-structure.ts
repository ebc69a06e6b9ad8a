import { JacoError } from '../../domain/errors.js';
import { snapshotEntry } from './archive-entries.js';
import type { ArchiveLimits } from './archive-limits.js';
import { archiveRejected } from './archive-rejected.js';
import { blockBytes, extendedType, readExtendedSize, readTarHeader } from './tar-header.js';

/** The largest extended header that is read, in bytes. A real one has less than a hundred. */
const extendedLimitBytes = 64 * 1024;

/** A tar ends with at least two zero blocks; tools fill up to their own record size, 10 KiB or a few times that. */
const endBytes = 2 * blockBytes;
const endLimitBytes = 1024 * 1024;

/** The structure of a tar, followed while its bytes pass. */
export interface TarStructure {
  /**
   * Takes the next bytes.
   * @throws archive_rejected   as soon as they show something that no backup has
   * @throws archive_too_large  as soon as a header claims a snapshot beyond the limit
   */
  take(bytes: Uint8Array): void;
  /** Takes the end. @throws archive_rejected the tar is cut short or has no proper end */
  end(): void;
}

/**
 * Follows a tar from header to header, without keeping content. It stands before tar-stream, which is made to read
 * whatever tar tools write: names and sizes from global, GNU and malformed headers, entries behind the end, megabytes
 * of extended headers. Where two readers could disagree on what an archive holds, it is refused here.
 */
export function followTarStructure(limits: ArchiveLimits): TarStructure {
  let reading: 'header' | 'extended header' | 'content' | 'end' = 'header';
  const header = Buffer.alloc(blockBytes);
  let extended = Buffer.alloc(0);
  let extendedBytes = 0;
  /** How much of what is being read has come, and how much there is. */
  let doneBytes = 0;
  let wholeBytes = blockBytes;
  /** What an extended header says of the entry after it; undefined while there is none. */
  let pending: { readonly sizeBytes: number | undefined } | undefined;

  function start(next: typeof reading, bytes: number): void {
    reading = next;
    doneBytes = 0;
    wholeBytes = bytes;
  }

  function takeHeader(): void {
    if (header.every((byte) => byte === 0)) {
      if (pending !== undefined) throw archiveRejected('its tar is damaged: it ends behind an extended header');
      return startEnd();
    }
    const { name, type, sizeBytes } = readTarHeader(header);
    if (type === extendedType) return startExtended(sizeBytes);
    const contentBytes = pending?.sizeBytes ?? sizeBytes;
    if (name === snapshotEntry) requireWithin(contentBytes, limits);
    pending = undefined;
    if (contentBytes === 0) start('header', blockBytes);
    else start('content', wholeBlocks(contentBytes));
  }

  function startEnd(): void {
    start('end', endLimitBytes);
    doneBytes = blockBytes;
  }

  function startExtended(sizeBytes: number): void {
    if (pending !== undefined || sizeBytes === 0 || sizeBytes > extendedLimitBytes) {
      throw archiveRejected('its tar holds extended headers that no backup has');
    }
    extendedBytes = sizeBytes;
    start('extended header', wholeBlocks(sizeBytes));
    extended = Buffer.alloc(wholeBytes);
  }

  function finishPart(): void {
    if (reading === 'header') return takeHeader();
    if (reading === 'extended header') pending = { sizeBytes: readExtendedSize(extended.subarray(0, extendedBytes)) };
    start('header', blockBytes);
  }

  return {
    take(bytes) {
      for (let offset = 0; offset < bytes.length; ) {
        if (doneBytes === wholeBytes) throw archiveRejected('its tar goes on after its end');
        const piece = bytes.subarray(offset, offset + wholeBytes - doneBytes);
        if (reading === 'header') header.set(piece, doneBytes);
        if (reading === 'extended header') extended.set(piece, doneBytes);
        if (reading === 'end' && !isZero(piece)) throw archiveRejected('its tar goes on after its end');
        doneBytes += piece.length;
        offset += piece.length;
        if (doneBytes === wholeBytes && reading !== 'end') finishPart();
      }
    },
    end() {
      if (reading === 'end' ? doneBytes % blockBytes !== 0 || doneBytes < endBytes : doneBytes === 0) {
        throw archiveRejected('its tar has no proper end');
      }
      if (reading !== 'end') throw archiveRejected('its tar is cut short');
    },
  };
}

function requireWithin(sizeBytes: number, limits: ArchiveLimits): void {
  if (sizeBytes <= limits.snapshotBytes) return;
  throw new JacoError(
    'archive_too_large',
    `the archive's ${snapshotEntry} has ${sizeBytes} bytes, more than the limit of ${limits.snapshotBytes}.`,
    { nextStep: 'If it is a real backup, raise the limit with --max-snapshot-size.' },
  );
}

function wholeBlocks(bytes: number): number {
  return Math.ceil(bytes / blockBytes) * blockBytes;
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
