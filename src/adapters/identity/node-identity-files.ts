import { join } from 'node:path';
import { dataDirectoryNames } from '../../domain/values/data-directory-layout.js';

/** The names of a node's identity inside its data directory (wire facts, section 3). */
export function nodeIdentityNames(name: string) {
  return { authority: 'ca.crt', certificate: `${name}.crt`, key: `${name}.key` } as const;
}

/** Where the identity of the node called `name` lies in a data directory. */
export function nodeIdentityPaths(dataDirectory: string, name: string) {
  const directory = join(dataDirectory, dataDirectoryNames.node);
  const names = nodeIdentityNames(name);
  return {
    directory,
    authority: join(directory, names.authority),
    certificate: join(directory, names.certificate),
    key: join(directory, names.key),
  };
}
