import { JacoError, stopIfInterrupted } from '../../../domain/errors.js';
import { advice } from '../../../domain/remedy.js';
import { printable } from '../../../domain/values/printable-text.js';
import { askInstanceRole } from './instance-role.js';
import type { Credentials, S3Settings } from './s3-settings.js';
import { type Profile, sharedFilePaths } from './shared-files.js';

/** How long before they expire temporary keys are renewed. */
const renewalMs = 5 * 60_000;

/**
 * Returns the credentials for the next request: from the environment, then from the shared files, then from the role of
 * the container or machine; renews temporary ones before they expire. The order is that of the AWS tools.
 * @throws credentials_missing  those of the environment or the files cannot be sent; later: no credentials were found
 */
export function createCredentialSource(
  environment: S3Settings['environment'],
  profile: Profile,
): (signal: AbortSignal) => Promise<Credentials> {
  const { credentials: file, config } = sharedFilePaths(environment);
  const fixed =
    keysFrom((name) => ({ value: environment[name.toUpperCase()], source: name.toUpperCase() })) ??
    keysFrom((name) => ({ value: profile[name], source: `${name} in ${file} or ${config}` }));
  let lent: Credentials | undefined;
  return async (signal) => {
    if (fixed !== undefined) return fixed;
    const ends = lent === undefined ? 0 : (lent.expiresAtMs ?? Number.POSITIVE_INFINITY);
    if (ends - renewalMs < Date.now()) {
      const renewed = requireSendable(await askInstanceRole(environment, signal));
      stopIfInterrupted(signal);
      // If the role does not answer now, the old keys hold until they end.
      lent = renewed ?? (ends > Date.now() ? lent : undefined);
    }
    if (lent !== undefined) return lent;
    throw new JacoError('credentials_missing', 'no credentials for the object storage were found.', {
      remedies: [
        advice(
          'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or put the keys into ~/.aws/credentials of the user that runs this.',
        ),
      ],
    });
  };
}

/** A credential, and what the operator calls the place that it comes from. */
interface Sourced {
  readonly value: string | undefined;
  readonly source: string;
}

function keysFrom(sourced: (name: string) => Sourced): Credentials | undefined {
  const id = sourced('aws_access_key_id');
  const secret = sourced('aws_secret_access_key');
  const token = sourced('aws_session_token');
  if (!id.value || !secret.value) return undefined;
  return {
    accessKeyId: sendable({ ...id, value: id.value }, word),
    secretAccessKey: sendable({ ...secret, value: secret.value }, printed),
    sessionToken: token.value ? sendable({ ...token, value: token.value }, word) : undefined,
    expiresAtMs: undefined,
  };
}

function requireSendable(lent: Credentials | undefined): Credentials | undefined {
  if (lent === undefined) return undefined;
  const { accessKeyId, secretAccessKey, sessionToken } = lent;
  sendable({ value: accessKeyId, source: 'the access key of the role' }, word);
  sendable({ value: secretAccessKey, source: 'the secret key of the role' }, printed);
  if (sessionToken !== undefined) sendable({ value: sessionToken, source: 'the session token of the role' }, word);
  return lent;
}

/** What stands in a header: the library that signs would quote all of it in its error. */
const word = /^[\x21-\x7e]+$/;
/** What is only computed with. */
const printed = /^\P{Cc}+$/u;

/** Never shows the value. */
function sendable({ value, source }: { readonly value: string; readonly source: string }, form: RegExp): string {
  if (form.test(value)) return value;
  throw new JacoError(
    'credentials_missing',
    `${printable(source, 4096)} holds a line break or another character that no key or token has.`,
    { remedies: [advice('Set it again, to one word without anything around it.')] },
  );
}
