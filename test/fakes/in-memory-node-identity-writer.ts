import type { NodeIdentityRequest, NodeIdentityWriter } from '../../src/ports/node-identity-writer.js';

/** A {@link NodeIdentityWriter} without a disk, and what it has installed. */
export interface InMemoryNodeIdentityWriter extends NodeIdentityWriter {
  /** Files below a data directory, by their whole path. */
  readonly installed: Map<string, NodeIdentityRequest>;
}

/** Keeps its promises as the contract suite states them. */
export function createInMemoryNodeIdentityWriter(): InMemoryNodeIdentityWriter {
  const installed: InMemoryNodeIdentityWriter['installed'] = new Map();
  return {
    installed,
    async stage(request) {
      const { dataDirectory, name, wanted } = request;
      const names = wanted === undefined ? [] : ['node/ca.crt', `node/${name}.crt`, `node/${name}.key`];
      const files = names.filter((file) => !installed.has(`${dataDirectory}/${file}`));
      const paths = files.map((file) => `${dataDirectory}/${file}`);
      return {
        files,
        warnings: files.length === names.length ? [] : ['what was there was kept'],
        async install() {
          for (const path of paths) installed.set(path, request);
        },
        finish: async () => undefined,
        async withdraw() {
          for (const path of paths) if (installed.get(path) === request) installed.delete(path);
        },
      };
    },
  };
}
