/** The digest of bytes that are still coming. */
export interface RunningDigest {
  update(bytes: Uint8Array): void;
  /** Hexadecimal; ends the calculation. */
  hex(): string;
}

/** Tells contents apart without keeping them: no two that anybody can find have the same digest. */
export interface ContentDigest {
  start(): RunningDigest;
  /** The digest of bytes that are all there, in hexadecimal: the same as if they had come in pieces, and sooner. */
  of(bytes: Uint8Array): string;
}
