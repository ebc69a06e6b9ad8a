import { posix } from 'node:path';
import type { ClusterAuthority } from '../../src/domain/archive/snapshot-findings.js';
import { JacoError } from '../../src/domain/errors.js';
import type { FileOwner } from '../../src/domain/restore/raft-store-seed.js';
import type { NodeIdentityRequest, NodeIdentityWriter } from '../../src/ports/node-identity-writer.js';

/** A file or, without text, a directory in memory. */
export interface InMemoryNodeEntry {
  readonly text: string | undefined;
  readonly mode: number;
  readonly owner: FileOwner | undefined;
}

/** A {@link NodeIdentityWriter} without a disk, and what it has installed. */
export interface InMemoryNodeIdentityWriter extends NodeIdentityWriter {
  /** What is in place, by path; a test may put an operator's own files there, with their directory. */
  readonly installed: Map<string, InMemoryNodeEntry>;
  /** Data directories with an identity that waits, those that a killed restore left included. */
  readonly waiting: ReadonlyMap<string, ReadonlyMap<string, InMemoryNodeEntry>>;
}

/** A CA of the fakes, whose certificate is its name. */
export function inMemoryAuthority(name: string): ClusterAuthority {
  return { certificate: name, key: `key of ${name}` };
}

/** Keeps its promises as the contract suite states them. */
export function createInMemoryNodeIdentityWriter(): InMemoryNodeIdentityWriter {
  const installed = new Map<string, InMemoryNodeEntry>();
  const waiting = new Map<string, ReadonlyMap<string, InMemoryNodeEntry>>();

  /** Paths of unchanged files that an interrupted restore has installed, contents before their directory. */
  function leftBy(dataDirectory: string): readonly string[] {
    const entries = [...(waiting.get(dataDirectory) ?? [])].reverse();
    return entries.filter(([path, { text }]) => installed.get(path)?.text === text).map(([path]) => path);
  }

  /** Takes away what waits in a data directory, and what {@link leftBy} finds. */
  function clear(dataDirectory: string): void {
    for (const path of leftBy(dataDirectory)) {
      const isFull = [...installed.keys()].some((other) => posix.dirname(other) === path);
      if (!isFull) installed.delete(path);
    }
    waiting.delete(dataDirectory);
  }

  return {
    installed,
    waiting,
    async preview(request) {
      const there = new Map(installed);
      for (const path of leftBy(request.dataDirectory)) there.delete(path);
      const { files, warnings } = missingFiles(request, there);
      return { files: [...files.keys()].map((name) => `node/${name}`), warnings };
    },
    async stage(request) {
      const { dataDirectory } = request;
      clear(dataDirectory);
      const { files, warnings } = missingFiles(request, installed);
      const node = `${dataDirectory}/node`;
      const entries = new Map([...files].map(([name, file]) => [`${node}/${name}`, file]));
      const directory = { text: undefined, mode: 0o700, owner: request.owner };
      const making = new Map(installed.has(node) || files.size === 0 ? entries : [[node, directory], ...entries]);
      if (making.size > 0) waiting.set(dataDirectory, making);
      return {
        files: [...files.keys()].map((name) => `node/${name}`),
        warnings,
        async install() {
          for (const [path, entry] of making) {
            if (installed.has(path)) throw new JacoError('storage_failed', `cannot create ${path}: it already exists.`);
            installed.set(path, entry);
          }
        },
        async finish() {
          waiting.delete(dataDirectory);
          return [];
        },
        async withdraw() {
          clear(dataDirectory);
          return [];
        },
      };
    },
  };
}

function missingFiles(
  { dataDirectory, name, wanted, owner }: NodeIdentityRequest,
  there: Map<string, InMemoryNodeEntry>,
) {
  const files = new Map<string, InMemoryNodeEntry>();
  const warnings: string[] = [];
  if (wanted === undefined) return { files, warnings };
  const { authority, hosts } = wanted;
  const find = (file: string) => there.get(`${dataDirectory}/node/${file}`);
  const authorityThere = find('ca.crt');
  if (authorityThere === undefined) files.set('ca.crt', { text: authority.certificate, mode: 0o644, owner });
  else if (authorityThere.text !== authority.certificate) warnings.push('ca.crt was kept and is another one');
  const kept = warningOfKept(name, find(`${name}.crt`)?.text, find(`${name}.key`)?.text, authority);
  const refusal = refusalOf(authority);
  if (name === 'ca') warnings.push(`a node called ${name} can have no certificate`);
  else if (kept !== undefined) warnings.push(kept);
  else if (refusal !== undefined) {
    return { files: new Map<string, InMemoryNodeEntry>(), warnings: [...warnings, refusal] };
  } else {
    const certificate = `${name} for ${hosts.join(' ')} by ${authority.certificate}`;
    files.set(`${name}.crt`, { text: certificate, mode: 0o644, owner });
    files.set(`${name}.key`, { text: `key of ${certificate}`, mode: 0o600, owner });
  }
  return { files, warnings };
}

/** A certificate of the fakes says who signed it; a key, of which certificate it is. */
function warningOfKept(
  name: string,
  certificate: string | undefined,
  key: string | undefined,
  authority: ClusterAuthority,
): string | undefined {
  const alone = (file: string, what: string) => `node/${file} is ${what}: it was kept, and no pair was made`;
  if (certificate === undefined && key === undefined) return undefined;
  if (key === undefined) return alone(`${name}.crt`, `a certificate without its key ${name}.key`);
  if (certificate === undefined) return alone(`${name}.key`, `a key without its certificate ${name}.crt`);
  const kept = `${name}.crt and ${name}.key were kept as they are`;
  return certificate.endsWith(` by ${authority.certificate}`)
    ? kept
    : `${kept}, but the certificate is not trusted: it is not one of this CA`;
}

function refusalOf({ certificate, key }: ClusterAuthority): string | undefined {
  if (key === inMemoryAuthority(certificate).key) return undefined;
  const reason = key.startsWith('key of ') ? 'does not belong to its CA certificate' : 'cannot be read';
  return `this node gets no certificate: the cluster's CA key ${reason}`;
}
