/**
 * Encrypts a backup on its way to where it is kept. The bytes pass in bounded memory and with back-pressure; what they
 * throw is thrown on. Nothing is given before the first of them has come, so that a source which refuses leaves no trace.
 */
export interface ArchiveSealer {
  seal(archive: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
}
