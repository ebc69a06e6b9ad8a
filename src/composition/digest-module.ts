import { randomBytes } from 'node:crypto';
import { ContainerModule } from 'inversify';
import { sha256Digest } from '../adapters/host/sha256-digest.js';
import { saltBytes } from '../domain/state/record-content.js';
import { Port } from './identifiers.js';

/** Digests of contents. */
export const digestModule = new ContainerModule(({ bind }) => {
  bind(Port.ContentDigest).toConstantValue(sha256Digest);
});

/** What the digests of one comparison begin with, and of no other. */
export function freshSalt(): Uint8Array {
  return randomBytes(saltBytes);
}
