import type { DaemonVersionSource } from '../../domain/archive/daemon-version.js';
import { type AddressSource, describeFoundSource } from '../../domain/restore/address-source.js';
import { printable } from '../../domain/values/printable-text.js';
import { parameterWords } from './parameter-words.js';

/** The origin of an address, to follow "from …". */
export function addressSourceText(source: AddressSource): string {
  switch (source.kind) {
    case 'given':
      return parameterWords[source.parameter].flag;
    case 'beside-given':
      return `the host of ${parameterWords.advertiseAddress.flag} and the port of listen_addr ${printable(source.setting, 80)}`;
    default:
      return describeFoundSource(source);
  }
}

/** The origin of the daemon's version, to follow "from …". */
export const daemonVersionSourceText: Readonly<Record<DaemonVersionSource, string>> = {
  given: parameterWords.daemonVersion.flag,
  installed: 'jacod --version',
  release: 'the version that this release of jaco is made for',
};
