import { readFile } from 'node:fs/promises';
import { JacoError } from '../../domain/errors.js';
import { giveParameter, type Remedy } from '../../domain/remedy.js';
import { shownWord } from './shown-word.js';

/** The identities of an identity file, one of which must match. */
export interface AgeIdentities {
  readonly path: string;
  /** Secret. */
  readonly lines: readonly string[];
}

/** Identity files that only the age program can use, recognised by the start of the file or of a line. */
const forTheProgram = [
  { start: /^AGE-PLUGIN-/i, reason: 'it holds an identity of an age plugin, which only the age program can use' },
  { start: /^-----BEGIN [A-Z ]*PRIVATE KEY-----/, reason: 'it is an SSH key, which only the age program can use' },
] as const;

/**
 * Reads an identity file: identities (`AGE-SECRET-KEY-1…`), one a line.
 * @throws identity_missing   no path is given
 * @throws identity_unusable  it cannot be read, or holds something else; the message quotes no line of it
 */
export async function readAgeIdentities(path: string | undefined): Promise<AgeIdentities> {
  if (path === undefined) {
    throw new JacoError('identity_missing', 'the archive is encrypted, and there is no identity to open it with.', {
      remedies: [giveParameter('identityFile')],
    });
  }
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const reasons = new Map([
      ['ENOENT', 'there is no such file'],
      ['EACCES', 'permission denied'],
      ['EISDIR', 'it is a directory'],
    ]);
    throw unusableIdentity(path, reasons.get(code) ?? code);
  }
  const lines = text.split('\n').map((line) => line.trim());
  const identities = lines.filter((line) => line !== '' && !line.startsWith('#'));
  refuseOtherKinds(path, identities);
  return { path, lines: identities };
}

function refuseOtherKinds(path: string, lines: readonly string[]): void {
  const [first] = lines;
  if (first === undefined) throw unusableIdentity(path, 'it holds no identity');
  if (first.startsWith('age-encryption.org/v1') || first === '-----BEGIN AGE ENCRYPTED FILE-----') {
    throw unusableIdentity(path, 'it is itself encrypted, as age-keygen and a passphrase make it', {
      kind: 'decrypt-identity-file',
    });
  }
  const foreign = forTheProgram.find(({ start }) => lines.some((line) => start.test(line)));
  if (foreign !== undefined) {
    throw unusableIdentity(path, foreign.reason, { kind: 'decrypt-archive', by: 'identity-file' });
  }
  if (lines.every((line) => /^(?:age1|ssh-)/.test(line))) {
    throw unusableIdentity(path, 'it holds recipients, which encrypt and do not decrypt');
  }
}

/** The refusal of an identity file; `reason` completes "cannot use it: …". */
export function unusableIdentity(
  path: string,
  reason: string,
  remedy: Remedy = { kind: 'choose-another', parameter: 'identityFile' },
): JacoError {
  return new JacoError('identity_unusable', `cannot use the identity file ${shownWord(path)}: ${reason}.`, {
    remedies: [remedy],
  });
}
