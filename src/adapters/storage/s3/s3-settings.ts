/** Which server holds the buckets and how it is spoken to, as an operator says it. */
export interface S3Settings {
  /** URL of the server, for example https://s3.example.com; undefined looks in the environment and files, then takes AWS. */
  readonly endpoint: string | undefined;
  /** Undefined looks in the environment and files, then takes us-east-1. */
  readonly region: string | undefined;
  /** Whether the bucket is in the path or in the name of the host; undefined: in the path, unless the server is AWS. */
  readonly addressing: 'path' | 'virtual' | undefined;
  /** PEM file with the certificates of the authorities that may vouch for the server; undefined: those of Node. */
  readonly caCertificatePath: string | undefined;
  /** Where credentials and defaults are looked for, under the names that the AWS tools use. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Who signs the requests. Nothing of it but the id of the key may be shown. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Beside keys that are lent for a time. */
  readonly sessionToken: string | undefined;
  /** When they end, in milliseconds since 1970; undefined for keys that stay. */
  readonly expiresAtMs: number | undefined;
}

/** What the protocol leaves to the client. */
export interface S3Manners {
  /** Size of a part of an upload. S3 wants 5 MiB at least, 10,000 parts at most, and R2 wants them equal. */
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
 * The manners of a run that takes archives of up to `maximumBytes`: parts of 8 MiB, of which 10,000 make 78 GiB, or of as
 * many whole MiB as the largest archive needs.
 */
export function mannersFor(maximumBytes: number): S3Manners {
  // 9,900 leave room for what gzip and tar add.
  const partMebibytes = Math.max(8, Math.ceil(maximumBytes / 9_900 / mebibyte));
  return {
    partBytes: partMebibytes * mebibyte,
    attempts: 6,
    firstPauseMs: 250,
    silenceMs: 60_000,
    abandonedAfterMs: 3_600_000,
  };
}
