/** The operator's input about the server of the buckets and how to talk to it. */
export interface S3Settings {
  /** URL of the server, for example https://s3.example.com; undefined: from the environment and files, then AWS. */
  readonly endpoint: string | undefined;
  /** Undefined: from the environment and files, then us-east-1. */
  readonly region: string | undefined;
  /** Whether the bucket is in the path or in the name of the host; undefined: in the path, unless the server is AWS. */
  readonly addressing: 'path' | 'virtual' | undefined;
  /** PEM file with the certificates of the CAs to trust for the server; undefined: those of Node. */
  readonly caCertificatePath: string | undefined;
  /** Where to find credentials and defaults, under the names that the AWS tools use. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The credentials that sign requests. Only the id of the key may be shown. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Only with temporary keys. */
  readonly sessionToken: string | undefined;
  /** When they expire, in milliseconds since 1970; undefined for permanent keys. */
  readonly expiresAtMs: number | undefined;
}

/** What the protocol leaves to the client. */
export interface S3Manners {
  /** Size of a part of an upload. S3 requires at least 5 MiB and at most 10,000 parts, and R2 requires equal sizes. */
  readonly partBytes: number;
  /** How often a request is tried. */
  readonly attempts: number;
  /** How long to wait before the second attempt, in milliseconds; it doubles with each. */
  readonly firstPauseMs: number;
  /** After how long without a byte a connection counts as dead, in milliseconds. */
  readonly silenceMs: number;
  /** After how long without a new part an unfinished upload counts as abandoned, in milliseconds. */
  readonly abandonedAfterMs: number;
}

const mebibyte = 1024 * 1024;

/**
 * The manners of a run with archives of up to `maximumBytes`: parts of 8 MiB, of which 10,000 make 78 GiB, or of as
 * many whole MiB as the largest archive needs.
 */
export function mannersFor(maximumBytes: number): S3Manners {
  // 9,900 leaves room for the overhead of gzip and tar.
  const partMebibytes = Math.max(8, Math.ceil(maximumBytes / 9_900 / mebibyte));
  return {
    partBytes: partMebibytes * mebibyte,
    attempts: 6,
    firstPauseMs: 250,
    silenceMs: 60_000,
    abandonedAfterMs: 3_600_000,
  };
}
