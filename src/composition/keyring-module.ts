import { ContainerModule } from 'inversify';
import type { StateKeyringSource } from '../ports/state-keyring.js';
import { Port, Setting } from './identifiers.js';

/** The keyring under which newer daemons seal their state. */
export const keyringModule = new ContainerModule(({ bind }) => {
  bind(Port.StateKeyring).toResolvedValue(loadedWhenWanted, [Setting.KeyFile]);
});

/** Loads what opens and seals for what is sealed, not at the start. */
function loadedWhenWanted(path: string): StateKeyringSource {
  return {
    async load(dataDirectory) {
      const { createKeyringSource } = await import('../adapters/seal/state-keyring.js');
      return createKeyringSource(path, 'keyFile').load(dataDirectory);
    },
  };
}
