import { ContainerModule } from 'inversify';
import { sha256Digest } from '../adapters/host/sha256-digest.js';
import { Port } from './identifiers.js';

/** Digests of contents. */
export const digestModule = new ContainerModule(({ bind }) => {
  bind(Port.ContentDigest).toConstantValue(sha256Digest);
});
