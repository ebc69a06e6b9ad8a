import { isJacoError, JacoError } from '../../../domain/errors.js';
import { advice, giveParameter, type Remedy } from '../../../domain/remedy.js';
import { printable } from '../../../domain/values/printable-text.js';
import { rootOf, textOf } from './s3-xml.js';

/** The server's reason for refusing. */
interface RefusalFacts {
  readonly status: number;
  /** The server's error code, such as NoSuchBucket; empty if it gave no code. */
  readonly code?: string;
  readonly sentence?: string;
  /** The region that the server names as the right one. */
  readonly region?: string | undefined;
  /** What the server's clock showed, in milliseconds since 1970. */
  readonly serverTimeMs?: number | undefined;
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** How often the request was tried. */
  readonly tries?: number;
}

/** An answer with which the server refuses, or that cannot be understood. */
export class S3Refusal extends Error {
  override readonly name = 'S3Refusal';
  readonly status: number;
  readonly code: string;
  readonly sentence: string;
  readonly region: string | undefined;
  readonly serverTimeMs: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly tries: number;

  constructor({ status, code = '', sentence = '', region, serverTimeMs, retryAfterMs, tries = 1 }: RefusalFacts) {
    super(`${status} ${code || sentence}`);
    this.status = status;
    this.code = code;
    this.sentence = sentence;
    this.region = region;
    this.serverTimeMs = serverTimeMs;
    this.retryAfterMs = retryAfterMs;
    this.tries = tries;
  }
}

/** The connection could not be made, or broke. */
export class S3Unreachable extends Error {
  override readonly name = 'S3Unreachable';
  override readonly cause: NodeJS.ErrnoException;
  readonly tries: number;

  constructor(cause: NodeJS.ErrnoException, tries: number) {
    super(cause.message);
    this.cause = cause;
    this.tries = tries;
  }
}

/** The refusal in an answer that is not a success, or that is a success with an error in it. */
export function refusalOf(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: string,
  tries: number,
): S3Refusal {
  const root = rootOf(body);
  const error = root?.name === 'Error' ? root : undefined;
  const header = (name: string) => (typeof headers[name] === 'string' ? headers[name] : undefined);
  const said = (name: string) => (error === undefined ? undefined : textOf(error, name));
  const date = Date.parse(header('date') ?? '');
  const wait = Number(header('retry-after') ?? Number.NaN);
  return new S3Refusal({
    status,
    code: said('Code') ?? '',
    sentence: said('Message') ?? '',
    region: header('x-amz-bucket-region') ?? said('Region'),
    serverTimeMs: Number.isNaN(date) ? undefined : date,
    retryAfterMs: Number.isNaN(wait) ? undefined : wait * 1000,
    tries,
  });
}

/** Whether the same request may succeed a little later. */
export function isPassing(error: unknown): error is S3Refusal | S3Unreachable {
  if (error instanceof S3Unreachable) return !isTlsFailure(error.cause);
  if (!(error instanceof S3Refusal)) return false;
  return [408, 429, 500, 502, 503, 504].includes(error.status) || ['RequestTimeout', 'SlowDown'].includes(error.code);
}

/** The server, for the sentence of a failure. */
export interface Asked {
  /** As `write s3://backups/c`. */
  readonly action: string;
  readonly bucket: string;
  readonly host: string;
  readonly region: string;
}

/** The failure of a request as a sentence for the operator; any other error passes unchanged. */
export function s3Error(error: unknown, asked: Asked): unknown {
  if (isJacoError(error)) return error;
  if (error instanceof S3Unreachable) return unreachable(error, asked);
  if (!(error instanceof S3Refusal)) return error;
  const { code, reason, remedy } = meaningOf(error, asked);
  return new JacoError(code, `cannot ${printable(asked.action, 4096)}: ${reason}.`, {
    remedies: [remedy],
    details: { status: String(error.status), ...(error.code === '' ? {} : { serverCode: error.code }) },
    cause: error,
  });
}

interface Meaning {
  readonly code: 'permission_denied' | 'storage_failed';
  readonly reason: string;
  readonly remedy: Remedy;
}

const checkKeys = advice('Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile in ~/.aws/credentials.');

function meaningOf(refusal: S3Refusal, { bucket, host, region }: Asked): Meaning {
  const denied = (reason: string, remedy: Remedy): Meaning => ({ code: 'permission_denied', reason, remedy });
  const failed = (reason: string, remedy: Remedy): Meaning => ({ code: 'storage_failed', reason, remedy });
  switch (refusal.code) {
    case 'InvalidAccessKeyId':
    // versitygw's own word, with status 404 (findings/unknown-key-is-not-found.sh).
    case 'XAdminUserNotFound':
      return denied(`${host} does not know the access key`, checkKeys);
    case 'SignatureDoesNotMatch':
      return denied(`${host} says that the secret key does not belong to the access key`, checkKeys);
    case 'ExpiredToken':
    case 'InvalidToken':
    case 'TokenRefreshRequired':
      return denied('the session token has expired or is not valid', advice('Get new credentials.'));
    case 'NoSuchBucket':
      return failed(
        `${host} has no bucket ${printable(bucket, 300)}`,
        advice('Check the name of the bucket and the address of the server, or create the bucket.'),
      );
    case 'RequestTimeTooSkewed':
      return failed(
        clockDifference(refusal),
        advice("Set this host's clock, for example with chrony or systemd-timesyncd."),
      );
    case 'NoSuchUpload':
      return failed(
        'its unfinished upload was removed from the bucket while it was written',
        advice('Look for a lifecycle rule or another backup that removes it, and take the backup again.'),
      );
    default:
  }
  if (isElsewhere(refusal)) {
    return refusal.region === undefined || refusal.region === region
      ? failed(`${host} says that the bucket is at another address`, giveParameter('s3Endpoint'))
      : failed(
          `the bucket ${printable(bucket, 300)} is in the region ${printable(refusal.region, 60)}, and ${printable(region, 60)} was asked`,
          giveParameter('s3Region', printable(refusal.region, 60)),
        );
  }
  if (refusal.status === 401 || refusal.code === 'AccessDenied' || (refusal.status === 403 && refusal.code === '')) {
    return denied(
      `${host} does not allow it with this key${told(refusal)}`,
      advice('Check what the key may do in this bucket.'),
    );
  }
  if (refusal.status === 200) {
    return failed(
      `${host} answered, but not as an S3 server does${told(refusal)}`,
      advice('Check that the address is that of the S3 API, and not of a web page or console.'),
    );
  }
  return failed(
    `${host} answered ${refusal.status}${told(refusal)}${times(refusal.tries)}`,
    isPassing(refusal)
      ? advice("Try again later. If that does not help, look into the server's log.")
      : advice('The server will not answer otherwise to the same request: use another name, or look up what it means.'),
  );
}

function isElsewhere({ status, code, region }: S3Refusal): boolean {
  return (status >= 300 && status < 400) || (code === 'AuthorizationHeaderMalformed' && region !== undefined);
}

function clockDifference({ serverTimeMs }: S3Refusal): string {
  if (serverTimeMs === undefined) return 'the clocks of this host and of the server differ by too much';
  const minutes = Math.round((Date.now() - serverTimeMs) / 60_000);
  const way = minutes > 0 ? 'ahead of' : 'behind';
  return `the clock of this host is ${Math.abs(minutes)} minutes ${way} the server's`;
}

function told({ code, sentence }: S3Refusal): string {
  const words = [code, sentence].filter((word) => word !== '').map((word) => printable(word, 300).replace(/\.$/, ''));
  return words.length === 0 ? '' : ` (${words.join(': ')})`;
}

function times(tries: number): string {
  return tries === 1 ? '' : `, ${tries} times in a row`;
}

function isTlsFailure({ code = '' }: NodeJS.ErrnoException): boolean {
  return /^(?:ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|EPROTO$)/.test(code);
}

/** What OpenSSL says where the answer to its first message is not of TLS. */
function speaksNoTls({ code = '', message }: NodeJS.ErrnoException): boolean {
  return /wrong.version.number|packet.length.too.long|http.request/i.test(`${code} ${message}`);
}

function unreachable({ cause, tries }: S3Unreachable, { action, host }: Asked): JacoError {
  const details = { errno: cause.code ?? cause.message };
  const start = `cannot ${printable(action, 4096)}: `;
  if (speaksNoTls(cause)) {
    return new JacoError('tls_untrusted', `${start}the port of ${host} does not speak TLS.`, {
      remedies: [advice(`If that is meant, name the server as http://${host}.`)],
      details,
      cause,
    });
  }
  if (isTlsFailure(cause)) {
    return new JacoError(
      'tls_untrusted',
      `${start}the certificate of ${host} does not verify (${printable(cause.message, 300)}).`,
      {
        remedies: [giveParameter('s3CaCertificate')],
        details,
        cause,
      },
    );
  }
  return new JacoError(
    'connection_failed',
    `${start}the connection to ${host} failed (${printable(cause.code ?? cause.message, 300)})${times(tries)}.`,
    { remedies: [advice('Check the address of the server and the network, and try again.')], details, cause },
  );
}
