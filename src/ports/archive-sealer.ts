/**
 * Encrypts a backup on its way to its store, in bounded memory and with back-pressure. Rethrows what the source throws.
 * Yields nothing before the source's first bytes, so that a source that refuses leaves no trace.
 */
export interface ArchiveSealer {
  seal(archive: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
}
