import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { stateKeyCredential } from '../domain/values/daemon-defaults.js';

/** The flag by which the operator names the ring, for every command that looks into a sealed state. */
export const keyFileFlag = [
  '--key-file <file>',
  "keyring of a cluster whose state is sealed (default: JACO_STATE_KEY_FILE, then systemd's credential jaco-state-keys)",
] as const;

/**
 * Finds the keyring in the order of the daemon's own program: `given`, JACO_STATE_KEY_FILE, and the credential if there
 * is one. Undefined if there is none. Checks only for the credential that the file exists, because a service may have
 * other credentials.
 */
export async function findKeyFile(
  given: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  if (given !== undefined) return given;
  const named = environment['JACO_STATE_KEY_FILE'];
  if (named !== undefined && named !== '') return named;
  const directory = environment['CREDENTIALS_DIRECTORY'];
  if (directory === undefined || directory === '') return undefined;
  const path = join(directory, stateKeyCredential);
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return isThere ? path : undefined;
}
