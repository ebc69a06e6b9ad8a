/** The digest of bytes that are still coming. */
export interface RunningDigest {
  update(bytes: Uint8Array): void;
  /** Hexadecimal; ends the calculation. */
  hex(): string;
}

/** Tells contents apart without keeping them: no two that anybody can find have the same digest. */
export interface ContentDigest {
  start(): RunningDigest;
}
