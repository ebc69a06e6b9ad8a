import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a keyring is looked for, and who says so: the operator, the environment, or systemd, which passes it as a credential. */
export interface KeyFileLocation {
  readonly path: string;
  readonly source: 'given' | 'environment' | 'credentials';
}

/** The name under which systemd passes the ring to the daemon (its unit's LoadCredential). */
const credentialName = 'jaco-state-keys';

/**
 * Where the ring is, in the order of the daemon's own program: `given`, JACO_STATE_KEY_FILE, and the credential where there is
 * one. Undefined where nobody names one. That the file exists is not looked at, but for the credential: a service may have others.
 */
export async function findKeyFile(
  given: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<KeyFileLocation | undefined> {
  if (given !== undefined) return { path: given, source: 'given' };
  const named = environment['JACO_STATE_KEY_FILE'];
  if (named !== undefined && named !== '') return { path: named, source: 'environment' };
  const directory = environment['CREDENTIALS_DIRECTORY'];
  if (directory === undefined || directory === '') return undefined;
  const path = join(directory, credentialName);
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return isThere ? { path, source: 'credentials' } : undefined;
}
