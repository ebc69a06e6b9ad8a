import type { Container } from 'inversify';
import type { StateKeyringSource } from '../ports/state-keyring.js';
import { Port, Setting } from './identifiers.js';
import { keyringModule } from './keyring-module.js';

/** Where the ring in the file at `path` comes from; undefined where no file is named. */
export function keyringFrom(container: Container, path: string | undefined): StateKeyringSource | undefined {
  if (path === undefined) return undefined;
  container.bind(Setting.KeyFile).toConstantValue(path);
  container.load(keyringModule);
  return container.get(Port.StateKeyring);
}
