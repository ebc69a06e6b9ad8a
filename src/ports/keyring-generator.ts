/** The wanted keyring. */
export interface KeyringRequest {
  /** Its path. */
  readonly path: string;
  /** The id of the new key, which becomes the active one. */
  readonly keyId: string;
  /** A keyring whose keys the new one keeps, so that it still opens what they sealed. */
  readonly retainedPath: string | undefined;
  /** The directory in which no keyring may be. */
  readonly dataDirectory: string;
}

/** A keyring that was written. */
export interface GeneratedKeyring {
  /** Absolute, as the daemon requires. */
  readonly path: string;
  /** All of them, the active one first. */
  readonly keyIds: readonly string[];
}

/** Makes keyrings for the state of newer daemons. */
export interface KeyringGenerator {
  /**
   * Makes a keyring with a new key of 32 random bytes. The file has mode 0600, is on stable storage, and appears whole
   * or not at all. It never replaces an existing keyring, since only that one opens what was sealed with it.
   * @throws request_invalid   the id cannot be a key's, or the retained keyring has it
   * @throws keyring_exists    there is something at the path
   * @throws keyring_unusable  the retained keyring cannot be used, or the daemon would not accept the new one at this
   * path
   * @throws in_progress, permission_denied, storage_failed
   */
  generate(request: KeyringRequest): Promise<GeneratedKeyring>;
}
