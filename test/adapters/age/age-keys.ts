import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';

/** A pair of age keys; the identity is the secret one. */
export interface AgeKeys {
  readonly identity: string;
  readonly recipient: string;
}

/** Makes a new pair. */
export async function generateKeys(): Promise<AgeKeys> {
  const identity = await generateIdentity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** A directory for files with keys, which are removed with it. */
export async function withKeyFiles<Result>(
  work: (file: (name: string, ...lines: readonly string[]) => string) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'jaco-age-'));
  try {
    return await work((name, ...lines) => {
      const path = join(directory, name);
      writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 });
      return path;
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
