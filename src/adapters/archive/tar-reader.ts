import { archiveRejected } from './archive-rejected.js';
import { blockBytes, extendedType, readExtendedSize, readTarHeader, type TarHeader } from './tar-header.js';

/** The largest extended header that is read, in bytes. A real one has less than a hundred. */
const extendedLimitBytes = 64 * 1024;

/** A tar ends with at least two zero blocks; tools fill up to their own record size, 10 KiB or a few times that. */
const endBytes = 2 * blockBytes;
const endLimitBytes = 1024 * 1024;

/** Receives the content of a tar while its bytes pass. What it throws stops the reading. */
export interface TarListener {
  /** An entry begins. */
  entry(header: TarHeader): void;
  /**
   * The next bytes of its content, as a view; `last` if they complete it. An entry without content has one empty piece.
   */
  content(piece: Uint8Array, last: boolean): void;
}

/** A tar being read. */
export interface TarReader {
  /** Takes the next bytes. @throws archive_rejected  as soon as they contain something that no backup has */
  take(bytes: Uint8Array): void;
  /** Takes the end. @throws archive_rejected  the tar is cut short or has no proper end */
  end(): void;
}

/**
 * Reads a tar from header to header, without keeping content. Libraries read anything that tar tools write: names and
 * sizes from global, GNU and malformed headers, entries after the end, megabytes of extended headers. This reader
 * refuses an archive if two readers could disagree on its content.
 */
export function readTar(listener: TarListener): TarReader {
  let reading: 'header' | 'extended header' | 'content' | 'end' = 'header';
  const header = Buffer.alloc(blockBytes);
  let extended = Buffer.alloc(0);
  let extendedBytes = 0;
  /** How many bytes of the current part have come, and its length with padding. */
  let doneBytes = 0;
  let wholeBytes = blockBytes;
  let contentBytes = 0;
  /** What an extended header sets for the entry after it; undefined without one. */
  let pending: { readonly sizeBytes: number | undefined } | undefined;

  function start(next: typeof reading, bytes: number): void {
    reading = next;
    doneBytes = 0;
    wholeBytes = bytes;
  }

  function takeHeader(): void {
    if (isZero(header)) {
      if (pending !== undefined) throw archiveRejected('its tar is damaged: it ends behind an extended header');
      start('end', endLimitBytes);
      doneBytes = blockBytes;
      return;
    }
    const plain = readTarHeader(header);
    if (plain.type === extendedType) return startExtended(plain.sizeBytes);
    contentBytes = pending?.sizeBytes ?? plain.sizeBytes;
    pending = undefined;
    listener.entry({ ...plain, sizeBytes: contentBytes });
    if (contentBytes > 0) return start('content', wholeBlocks(contentBytes));
    listener.content(new Uint8Array(0), true);
    start('header', blockBytes);
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

  /** Passes on the content in the piece, without the padding after it. */
  function takeContent(piece: Uint8Array): void {
    const left = contentBytes - doneBytes;
    if (left > 0) listener.content(piece.length > left ? piece.subarray(0, left) : piece, piece.length >= left);
  }

  return {
    take(bytes) {
      for (let offset = 0; offset < bytes.length; ) {
        if (doneBytes === wholeBytes) throw archiveRejected('its tar goes on after its end');
        const piece = bytes.subarray(offset, offset + wholeBytes - doneBytes);
        if (reading === 'content') takeContent(piece);
        else if (reading === 'header') header.set(piece, doneBytes);
        else if (reading === 'extended header') extended.set(piece, doneBytes);
        else if (!isZero(piece)) throw archiveRejected('its tar goes on after its end');
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

function wholeBlocks(bytes: number): number {
  return Math.ceil(bytes / blockBytes) * blockBytes;
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
