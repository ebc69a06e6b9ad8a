import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readTokenFile } from '../adapters/filesystem/token-file.js';
import { JacoError } from '../domain/errors.js';
import { advice } from '../domain/remedy.js';
import { type ConnectionOptions, fromEnvironment } from './options.js';

/** The name under which systemd passes a token to the units of backup and drill (their LoadCredential). */
const tokenCredential = 'jaco-token';

/**
 * The same flags with the operator token, if there is one: `--token`, the content of `--token-file`, JACO_TOKEN, or systemd's
 * credential. `goesOn`: as for connectionFrom; without a use for a token, only a file that was named is read.
 * @throws token_unusable, request_invalid
 */
export async function withToken<Options extends ConnectionOptions>(options: Options, goesOn = false): Promise<Options> {
  const { token, tokenFile, server } = options;
  if (token !== undefined && tokenFile !== undefined) {
    throw new JacoError('request_invalid', '--token and --token-file are two tokens.', {
      remedies: [advice('Give one; the file shows in no process list.')],
    });
  }
  if (tokenFile !== undefined) return { ...options, token: await readTokenFile(tokenFile) };
  if (token !== undefined || fromEnvironment('JACO_TOKEN') !== undefined) return options;
  if (server === undefined && !goesOn) return options;
  const credential = await findCredential();
  return credential === undefined ? options : { ...options, token: await readTokenFile(credential) };
}

async function findCredential(): Promise<string | undefined> {
  const directory = fromEnvironment('CREDENTIALS_DIRECTORY');
  if (directory === undefined) return undefined;
  const path = join(directory, tokenCredential);
  // A service may have other credentials.
  return stat(path).then(
    () => path,
    () => undefined,
  );
}
