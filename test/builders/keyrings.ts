import { chmodSync, copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Keyring, parseKeyring } from '../../src/adapters/seal/keyring.js';
import { projectRoot } from '../packaging/installed-package.js';

/** The rings of test/fixtures/sealed-state: ring-2 has the key of ring-1 and another, other-ring another key of the same id. */
export type RingName = 'ring-1' | 'ring-2' | 'other-ring';

/** Where a file of test/fixtures/sealed-state lies. */
export function sealedFixture(...names: readonly string[]): string {
  return join(projectRoot, 'test/fixtures/sealed-state', ...names);
}

/** One of the rings. */
export function keyringOf(name: RingName): Keyring {
  return parseKeyring(readFileSync(sealedFixture(`${name}.json`)), (reason) => new Error(reason));
}

/** Copies a ring to `path`, with the mode that the daemon asks for, which git does not keep. */
export function placeKeyring(name: RingName, path: string): string {
  copyFileSync(sealedFixture(`${name}.json`), path);
  chmodSync(path, 0o600);
  return path;
}
