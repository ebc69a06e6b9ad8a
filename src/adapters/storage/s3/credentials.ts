import { JacoError } from '../../../domain/errors.js';
import { advice } from '../../../domain/remedy.js';
import { askInstanceRole } from './instance-role.js';
import type { Credentials, S3Settings } from './s3-settings.js';
import type { Profile } from './shared-files.js';

/** How long before they expire temporary keys are renewed. */
const renewalMs = 5 * 60_000;

/**
 * Returns the credentials for the next request: from the environment, then from the shared files, then from the role of
 * the container or machine; renews temporary ones before they expire. The order is that of the AWS tools.
 * @throws credentials_missing  no credentials were found
 */
export function createCredentialSource(
  environment: S3Settings['environment'],
  profile: Profile,
): (signal: AbortSignal) => Promise<Credentials> {
  const fixed =
    keysFrom(
      environment['AWS_ACCESS_KEY_ID'],
      environment['AWS_SECRET_ACCESS_KEY'],
      environment['AWS_SESSION_TOKEN'],
    ) ?? keysFrom(profile['aws_access_key_id'], profile['aws_secret_access_key'], profile['aws_session_token']);
  let lent: Credentials | undefined;
  return async (signal) => {
    if (fixed !== undefined) return fixed;
    const ends = lent === undefined ? 0 : (lent.expiresAtMs ?? Number.POSITIVE_INFINITY);
    if (ends - renewalMs < Date.now()) lent = await askInstanceRole(environment, signal);
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

function keysFrom(
  accessKeyId: string | undefined,
  secretAccessKey: string | undefined,
  sessionToken: string | undefined,
): Credentials | undefined {
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: sessionToken || undefined, expiresAtMs: undefined };
}
