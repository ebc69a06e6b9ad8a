/** Which keyring is wanted. */
export interface KeyringRequest {
  /** Where it goes. */
  readonly path: string;
  /** The id of the new key, which becomes the active one. */
  readonly keyId: string;
  /** A keyring whose keys the new one keeps, so that it still opens what they sealed. */
  readonly retainedPath: string | undefined;
  /** Where no keyring may lie. */
  readonly dataDirectory: string;
}

/** A keyring that is in its place. */
export interface GeneratedKeyring {
  /** Absolute, as the daemon wants it. */
  readonly path: string;
  /** All of them, the active one first. */
  readonly keyIds: readonly string[];
}

/** Makes keyrings for the state of newer daemons. */
export interface KeyringGenerator {
  /**
   * Makes a keyring with a new key of 32 random bytes. The file has mode 0600, is on stable storage, and appears whole or not at
   * all; what is there already is never replaced, since only it opens what was sealed with it.
   * @throws request_invalid   the id cannot be a key's, or the retained keyring has it
   * @throws keyring_exists    there is something at the path
   * @throws keyring_unusable  the retained keyring cannot be used, or the daemon would not take the new one where it would lie
   * @throws in_progress, permission_denied, storage_failed
   */
  generate(request: KeyringRequest): Promise<GeneratedKeyring>;
}
