import { randomBytes } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { isKeyId } from '../../domain/archive/envelope-header.js';
import { JacoError } from '../../domain/errors.js';
import { advice } from '../../domain/remedy.js';
import { printable } from '../../domain/values/printable-text.js';
import type { GeneratedKeyring, KeyringGenerator, KeyringRequest } from '../../ports/keyring-generator.js';
import type { AcquireLock, ExclusiveLock } from '../filesystem/exclusive-lock.js';
import { storageError } from '../filesystem/file-operations.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { namingFailures } from '../filesystem/named-failures.js';
import { replaceFile } from '../filesystem/replace-file.js';
import { encodeKeyring, type Keyring, keyBytes } from './keyring.js';
import { inDataDirectory, isInside, readKeyringFile } from './keyring-file.js';

/** Makes keyrings as files. */
export function createKeyringFileGenerator(fileSystem: FileSystem, acquireLock: AcquireLock): KeyringGenerator {
  const files = namingFailures(fileSystem);

  async function generate({ keyId, ...request }: KeyringRequest): Promise<GeneratedKeyring> {
    const path = resolve(request.path);
    if (!isKeyId(keyId)) throw invalidId(keyId, 'has to be 1 to 64 letters, digits, hyphens and underscores');
    const retained = await readRetained(request);
    if (retained?.keys.has(keyId)) throw invalidId(keyId, 'is that of a key in the retained keyring');
    if (await isInside(dirname(path), request.dataDirectory)) throw inDataDirectory(path);
    const lock = await lockDirectory(dirname(path));
    try {
      if ((await files.linkStatus(path)) !== undefined) throw alreadyThere(path);
      const document = encodeKeyring(keyId, randomBytes(keyBytes), retained);
      await replaceFile(files, path, document, undefined);
      document.fill(0);
    } finally {
      await lock.release();
    }
    // As the daemon will.
    return { path, keyIds: idsOf(await readKeyringFile(path, request.dataDirectory)) };
  }

  async function lockDirectory(directory: string): Promise<ExclusiveLock> {
    const place = printable(directory, 4096);
    const lock = await acquireLock(directory, 'keyring').catch((error: unknown) => {
      throw storageError(error, `write into ${place}`);
    });
    if (lock !== undefined) return lock;
    throw new JacoError('in_progress', `cannot write a keyring into ${place}: another jaco is writing one.`, {
      remedies: [advice('Wait for it to end.')],
    });
  }

  return { generate };
}

async function readRetained({
  retainedPath,
  dataDirectory,
}: Pick<KeyringRequest, 'retainedPath' | 'dataDirectory'>): Promise<Keyring | undefined> {
  return retainedPath === undefined
    ? undefined
    : readKeyringFile(resolve(retainedPath), dataDirectory, 'retainedKeyFile');
}

function idsOf({ active, keys }: Keyring): readonly string[] {
  return [active, ...[...keys.keys()].filter((id) => id !== active)];
}

function invalidId(keyId: string, reason: string): JacoError {
  return new JacoError('request_invalid', `the id of the new key, "${printable(keyId, 80)}", ${reason}.`, {
    remedies: [{ kind: 'choose-another', parameter: 'keyId' }],
  });
}

function alreadyThere(path: string): JacoError {
  return new JacoError(
    'keyring_exists',
    `cannot write the keyring ${printable(path, 4096)}: there is something already, and a keyring is never replaced, since only it opens what it has sealed.`,
    { remedies: [{ kind: 'choose-another', parameter: 'newKeyFile' }], details: { path } },
  );
}
