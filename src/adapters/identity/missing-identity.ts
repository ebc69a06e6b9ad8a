import { printable } from '../../domain/values/printable-text.js';
import type { NodeIdentityRequest } from '../../ports/node-identity-writer.js';
import { readSmallFile } from '../filesystem/file-operations.js';
import type { FileSystem } from '../filesystem/file-system.js';
import { nodeIdentityNames } from './node-identity-files.js';
import type { issueNodeIdentity } from './node-identity-issuer.js';

/** A file of a node's identity to make. */
export interface IdentityFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
}

/** The missing files of an identity, and what the operator should know. */
export interface MissingIdentity {
  readonly files: readonly IdentityFile[];
  readonly warnings: readonly string[];
}

/** How identities are issued, and when. */
export interface IdentityIssue {
  readonly issue: typeof issueNodeIdentity;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** Where an identity goes, and what is wanted there. */
type Place = NonNullable<NodeIdentityRequest['wanted']> & {
  readonly files: FileSystem;
  /** The path of its directory. */
  readonly node: string;
  readonly name: string;
  /** Names of files there that will be removed first. */
  readonly leaving: ReadonlySet<string>;
};

/** Everyone who may enter the directory may read certificates; only the daemon may read keys. */
const modes = { certificate: 0o644, key: 0o600 } as const;

/** Larger than any certificate or key, in bytes. */
const fileLimitBytes = 64 * 1024;

/** What happens without a certificate from the CA: jacod makes its own, which no client can verify. */
const consequence = 'the daemon starts all the same, but clients that verify it will not trust this node';

/** Checks existing files; loaded only if there are any, as it loads cryptography. */
const loadJudge = () => import('./kept-identity.js');

/**
 * Makes the missing files of the wanted identity; `node` is the path of its directory, `leaving` are names of files
 * there that will be removed. Keeps existing files, and checks them as a client would. If the CA cannot issue a
 * certificate that clients would trust, makes nothing.
 */
export async function makeMissing(
  files: FileSystem,
  node: string,
  { name, wanted }: NodeIdentityRequest,
  how: IdentityIssue,
  leaving: ReadonlySet<string> = new Set(),
): Promise<MissingIdentity> {
  if (wanted === undefined) return { files: [], warnings: [] };
  const place: Place = { files, node, name, leaving, ...wanted };
  const authority = await missingAuthority(place);
  const pair = await missingPair(place, how);
  if (pair.kind === 'refused') return { files: [], warnings: [...authority.warnings, pair.warning] };
  return { files: [...authority.files, ...pair.files], warnings: [...authority.warnings, ...pair.warnings] };
}

async function missingAuthority(place: Place): Promise<MissingIdentity> {
  const file = nodeIdentityNames(place.name).authority;
  const { certificate } = place.authority;
  if (!(await isThere(place, file))) {
    return { files: [{ name: file, bytes: Buffer.from(certificate), mode: modes.certificate }], warnings: [] };
  }
  const kept = await readKept(place, file);
  if (kept.trim() === certificate.trim() || (await loadJudge()).holdsCertificate(kept, certificate)) return nothing();
  return nothing(
    `${shown(place, file)} was kept and is not the CA certificate of this cluster: replace it, else whoever verifies with it trusts no node of the cluster`,
  );
}

type MissingPair =
  | (MissingIdentity & { readonly kind: 'made' })
  | { readonly kind: 'refused'; readonly warning: string };

async function missingPair(place: Place, { issue, nowMs }: IdentityIssue): Promise<MissingPair> {
  const { name, authority, hosts } = place;
  const names = nodeIdentityNames(name);
  if (names.certificate === names.authority) {
    const warning = `a node called ${name} can have no certificate, as its place is that of the CA certificate`;
    return { kind: 'made', ...nothing(warning) };
  }
  const warning = await warningOfKept(place, nowMs);
  if (warning !== undefined) return { kind: 'made', ...nothing(warning) };
  const issued = await issue(authority, name, hosts, nowMs);
  if (issued.kind === 'refused') {
    return { kind: 'refused', warning: `this node gets no certificate: ${issued.reason}; ${consequence}` };
  }
  const { certificate, key } = issued.identity;
  const files = [
    { name: names.certificate, bytes: Buffer.from(certificate), mode: modes.certificate },
    { name: names.key, bytes: Buffer.from(key), mode: modes.key },
  ];
  return { kind: 'made', files, warnings: [] };
}

/** A warning about an existing certificate or key; undefined if there was neither. */
async function warningOfKept(place: Place, nowMs: number): Promise<string | undefined> {
  const { name, authority } = place;
  const { certificate, key } = nodeIdentityNames(name);
  const [hasCertificate, hasKey] = [await isThere(place, certificate), await isThere(place, key)];
  const alone = (file: string, what: string) =>
    `${shown(place, file)} is ${what}: it was kept, and no pair was made; ${consequence}`;
  if (!hasCertificate && !hasKey) return undefined;
  if (!hasKey) return alone(certificate, `a certificate without its key ${key}`);
  if (!hasCertificate) return alone(key, `a key without its certificate ${certificate}`);
  const pair = { certificate: await readKept(place, certificate), key: await readKept(place, key) };
  const fault = (await loadJudge()).faultOfKeptPair(pair, authority, name, nowMs);
  const kept = `${shown(place, certificate)} and ${key} were kept as they are`;
  return fault === undefined ? kept : `${kept}, but the certificate is not trusted: ${fault}; ${consequence}`;
}

function nothing(...warnings: readonly string[]): MissingIdentity {
  return { files: [], warnings };
}

async function isThere({ files, node, leaving }: Place, file: string): Promise<boolean> {
  return !leaving.has(file) && (await files.linkStatus(`${node}/${file}`)) !== undefined;
}

function shown({ node }: Place, file: string): string {
  return printable(`${node}/${file}`, 4096);
}

/** The text of a file that an operator may have put or linked there; empty if it cannot be a certificate or key. */
async function readKept({ files, node }: Place, file: string): Promise<string> {
  if ((await files.status(`${node}/${file}`))?.kind !== 'file') return '';
  const bytes = await readSmallFile(files, `${node}/${file}`, fileLimitBytes);
  return bytes === undefined ? '' : Buffer.from(bytes).toString();
}
