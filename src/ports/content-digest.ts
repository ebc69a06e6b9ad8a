/** The digest of bytes that are still arriving. */
export interface RunningDigest {
  update(bytes: Uint8Array): void;
  /** The digest in hexadecimal; ends the calculation. */
  hex(): string;
}

/** Distinguishes contents without keeping them: it is infeasible to find two with the same digest. */
export interface ContentDigest {
  start(): RunningDigest;
  /** The digest of complete bytes, in hexadecimal: the same as in pieces, but faster. */
  of(bytes: Uint8Array): string;
}
