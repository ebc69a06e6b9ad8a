import type { Remedy } from './remedy.js';

/**
 * Every kind of failure of this program, with its meaning for the operator. The set is closed: documentation is
 * generated from it, and rendering is exhaustive.
 */
export const errorCatalogue = {
  request_invalid: 'Something that was asked for cannot be done as it was given.',
  name_invalid: 'The name given to restore cannot be a hostname, so no daemon could start under it.',
  address_invalid:
    'An address is not a host:port that other nodes could dial, or the daemon would find none on this host.',
  configuration_unreadable: "The daemon's configuration file exists but cannot be read or understood.",
  credentials_missing:
    'A TCP connection needs an operator token and a CA certificate, object storage needs keys, and one of them is missing.',
  token_unusable: 'The file with the operator token cannot be read, holds no token, or is open to every user.',
  ca_unreadable: 'The file with a CA certificate cannot be read or is not PEM.',
  connection_failed: 'No daemon or server answers at the socket or address.',
  tls_untrusted: "The server's certificate does not verify against the CA, or the port does not speak TLS.",
  deadline_exceeded: 'The call did not finish before its deadline.',
  stream_broken: 'The connection to the daemon broke before the call was complete.',
  daemon_refused: 'The daemon answered with an error of its own.',
  archive_unreadable: 'The archive file cannot be opened or read.',
  archive_rejected: 'The bytes are not a complete, undamaged backup archive.',
  identity_missing: 'The archive is encrypted and no identity file was given to open it.',
  identity_unusable: 'The identity file cannot be read, holds no identity, or does not open the archive.',
  recipient_unusable: 'A recipient to encrypt to is not one, or its file cannot be read.',
  keyring_unusable: 'The keyring file cannot be read, or breaks a rule by which the daemon would take it.',
  keyring_exists: 'There is something already where a new keyring should go, and a keyring is never replaced.',
  archive_exists: 'There is something already where a re-encrypted archive should go, and it is not replaced.',
  keyring_mismatch: 'The keyring does not open what is sealed, or it was sealed for other metadata.',
  archive_too_large: 'The archive is larger than the limit for snapshots.',
  schema_unsupported:
    'The archive, or the raft store, was written in a form that this version cannot restore, or is sealed and no keyring is at hand.',
  snapshot_rejected: 'The snapshot inside the archive is not a state that a daemon could load.',
  version_incompatible: 'The archive and the daemon have different major versions, or a version is not one.',
  cluster_mismatch: 'The archive is of another cluster than the one that was expected.',
  store_mismatch: 'The archive is plain and the daemon of this host boots only a sealed store, or the other way round.',
  raft_store_exists: 'The data directory already holds a raft store.',
  directory_foreign:
    'The target of a restore holds files of something else, or one of them stands where the marker goes.',
  daemon_running: 'A daemon is running on the data directory.',
  daemon_unknown: 'Whether a daemon is running on the data directory cannot be told, mostly for lack of rights.',
  space_insufficient: 'The file system has less free space than what would be written takes.',
  in_progress: 'Another jaco process is working on the same data directory or output file.',
  permission_denied: 'The operating system, or the object storage, does not allow this user to read or write there.',
  storage_failed: 'Reading or writing a file or an object failed.',
  store_missing: 'There is no raft store where one should be read.',
  store_damaged: 'The raft store of a data directory is damaged, or holds nothing that can be booted.',
  marker_mismatch: 'The restore marker does not describe the raft store beside it.',
  rehearsal_failed: 'A rehearsed restore did not bring up what the archive promises.',
  restore_in_doubt:
    'The restored store is complete and in its place, but could not be made durable there: a power cut may take it back.',
  interrupted: 'A signal asked the program to stop; what is unfinished was removed, or is named as left behind.',
} as const;

/** The stable name of one kind of failure; scripts may rely on it. */
export type ErrorCode = keyof typeof errorCatalogue;

/** Something that a run made and could not remove again. */
export interface LeftBehind {
  readonly path: string;
  /**
   * `there`: it could not be removed. `may-return`: it was removed, but a power cut may bring it back. `kept`: it is what was
   * there before, perhaps the only copy, and could not be put back: it must not be removed.
   */
  readonly state: 'there' | 'may-return' | 'kept';
  /** Whether it may hold unencrypted secrets: the cluster's state, or a private key. */
  readonly secret: boolean;
  /** Why it could not be removed or put back, as a sentence. */
  readonly reason: string;
}

/** What an error may carry in addition to its sentence. Never secrets. */
export interface ErrorContext {
  /** What the operator can do now: any one of these, the likeliest first. */
  readonly remedies?: readonly Remedy[];
  /** Machine-readable facts, for example `{ path }` or `{ daemonCode }`. */
  readonly details?: Readonly<Record<string, string>>;
  /** What could not be cleaned up. If absent, it is that of the cause. */
  readonly leftBehind?: readonly LeftBehind[];
  readonly cause?: unknown;
}

/** An expected failure: its message is a sentence for the operator, on one line. */
export class JacoError extends Error {
  override readonly name = 'JacoError';
  readonly code: ErrorCode;
  /** Alternative ways out, the likeliest first; each frontend puts them into its own words. */
  readonly remedies: readonly Remedy[];
  readonly details: Readonly<Record<string, string>>;
  readonly leftBehind: readonly LeftBehind[];

  constructor(code: ErrorCode, sentence: string, context: ErrorContext = {}) {
    super(sentence, context.cause === undefined ? undefined : { cause: context.cause });
    this.code = code;
    this.remedies = context.remedies ?? [];
    this.details = context.details ?? {};
    this.leftBehind = context.leftBehind ?? leftBehindBy(context.cause);
  }
}

/** Whether `error` is an expected failure, of kind `code` if one is given. */
export function isJacoError(error: unknown, code?: ErrorCode): error is JacoError {
  return error instanceof JacoError && (code === undefined || error.code === code);
}

/** What an error says was left behind. */
export function leftBehindBy(error: unknown): readonly LeftBehind[] {
  return error instanceof JacoError || error instanceof UnforeseenFailure ? error.leftBehind : [];
}

/**
 * The same failure, saying that exactly `left` was left behind: the clean-up that returned `left` covers everything
 * that earlier ones tried. Returns `error` itself if it already says so.
 */
export function leavingBehind(error: unknown, left: readonly LeftBehind[]): unknown {
  if (left.length === 0 && leftBehindBy(error).length === 0) return error;
  if (!(error instanceof JacoError)) return new UnforeseenFailure(error, left);
  const { code, message, remedies, details } = error;
  return new JacoError(code, message, { remedies, details, leftBehind: left, cause: error });
}

/** An unexpected failure after which something was left behind. Name and message are those of its cause. */
class UnforeseenFailure extends Error {
  readonly leftBehind: readonly LeftBehind[];

  constructor(failure: unknown, leftBehind: readonly LeftBehind[]) {
    super(failure instanceof Error ? failure.message : String(failure), { cause: failure });
    this.name = failure instanceof Error ? failure.name : 'Error';
    this.leftBehind = leftBehind;
  }
}

/** Throws `interrupted` once `signal` has fired, so that a long operation stops at its next step. */
export function stopIfInterrupted(signal: { readonly aborted: boolean }): void {
  if (signal.aborted) throw new JacoError('interrupted', 'interrupted');
}
