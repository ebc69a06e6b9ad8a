import { parse } from 'lossless-json';
import type { RaftVoter } from '../../domain/restore/raft-store-seed.js';
import type { RefuseDamage } from './damaged-store.js';
import { encodePeers } from './peers.js';

/** A member of a raft configuration. The engine no longer uses staging, but its number is reserved. */
export interface RaftServer extends RaftVoter {
  readonly suffrage: 'voter' | 'nonvoter' | 'staging';
}

/** What a snapshot's meta.json says (hashicorp/raft v1.7 file_snapshot.go fileSnapshotMeta, snapshot.go SnapshotMeta). */
export interface SnapshotMeta {
  /** `<term>-<index>-<unix ms>`, which is also the name of the snapshot's directory. */
  readonly id: string;
  readonly index: bigint;
  readonly term: bigint;
  readonly servers: readonly RaftServer[];
  /** The index of the log entry that set the configuration. */
  readonly configurationIndex: bigint;
  /** Length of state.bin. */
  readonly sizeBytes: number;
  /** CRC-64/ECMA of state.bin, 8 bytes big-endian. */
  readonly crc: Uint8Array;
}

/** The only version of snapshots that the engine has written since it introduced server ids. */
const supportedVersion = 1n;

/** hashicorp/raft v1.7 configuration.go ServerSuffrage, in the order of its numbers. */
export const serverSuffrages = ['voter', 'nonvoter', 'staging'] as const;

/**
 * meta.json byte for byte as the engine writes it with json.NewEncoder: the fields of the embedded SnapshotMeta in
 * their order, CRC last, no spaces, <, > and & escaped, and a newline at the end.
 */
export function encodeSnapshotMeta(meta: SnapshotMeta): Uint8Array {
  const peers = `"Peers":"${base64(encodePeers(meta.servers.filter(({ suffrage }) => suffrage === 'voter')))}"`;
  const fields = [
    ...numbersOf(meta),
    peers,
    ...membersOf(meta),
    `"Size":${meta.sizeBytes}`,
    `"CRC":"${base64(meta.crc)}"`,
  ];
  return Buffer.from(`{${fields.join(',')}}\n`);
}

/**
 * The bytes that newer daemons bind a sealed state.bin to (internal/controlplane/raft, September 2026): the JSON of the
 * engine's SnapshotMeta without Peers, size and checksum.
 */
export function encodeSnapshotName(name: Omit<SnapshotMeta, 'sizeBytes' | 'crc'>): Uint8Array {
  return Buffer.from(`{${[...numbersOf(name), ...membersOf(name)].join(',')}}`);
}

function numbersOf({ id, index, term }: Pick<SnapshotMeta, 'id' | 'index' | 'term'>): readonly string[] {
  return [`"Version":${supportedVersion}`, `"ID":${goString(id)}`, `"Index":${index}`, `"Term":${term}`];
}

function membersOf(meta: Pick<SnapshotMeta, 'servers' | 'configurationIndex'>): readonly string[] {
  const servers = meta.servers.map(
    ({ suffrage, id, address }) =>
      `{"Suffrage":${serverSuffrages.indexOf(suffrage)},"ID":${goString(id)},"Address":${goString(address)}}`,
  );
  return [
    `"Configuration":{"Servers":${servers.length === 0 ? 'null' : `[${servers.join(',')}]`}}`,
    `"ConfigurationIndex":${meta.configurationIndex}`,
  ];
}

/**
 * Reads meta.json. Ignores fields that are not named here, including Peers: the engine reads Configuration.
 * @throws store_damaged (through `refuse`) the bytes are not such a document, or of another version
 */
export function parseSnapshotMeta(bytes: Uint8Array, refuse: RefuseDamage): SnapshotMeta {
  const document = objectAt(parseJson(bytes, refuse), 'it', refuse);
  const version = document['Version'];
  if (version !== supportedVersion) throw refuse('it is not a snapshot of version 1');
  const configuration = objectAt(document['Configuration'], 'Configuration', refuse);
  const crc = base64At(document['CRC'], 'CRC', refuse);
  if (crc.length !== 8) throw refuse('CRC does not have 8 bytes');
  const size = unsignedAt(document['Size'], 'Size', refuse);
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw refuse('Size is larger than any file');
  return {
    id: textAt(document['ID'], 'ID', refuse),
    index: unsignedAt(document['Index'], 'Index', refuse),
    term: unsignedAt(document['Term'], 'Term', refuse),
    servers: arrayAt(configuration['Servers'], 'Servers', refuse).map((server) => parseServer(server, refuse)),
    configurationIndex: unsignedAt(document['ConfigurationIndex'], 'ConfigurationIndex', refuse),
    sizeBytes: Number(size),
    crc,
  };
}

/** Go's encoding/json escapes what JavaScript does, and also what could end a script element in HTML. */
function goString(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function parseJson(bytes: Uint8Array, refuse: RefuseDamage): unknown {
  try {
    return parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes), undefined, {
      parseNumber: (digits) => (/^-?[0-9]+$/.test(digits) ? BigInt(digits) : Number(digits)),
    });
  } catch (error) {
    throw refuse('it is not JSON', error);
  }
}

function parseServer(value: unknown, refuse: RefuseDamage): RaftServer {
  const server = objectAt(value, 'a server', refuse);
  const suffrage = serverSuffrages[Number(unsignedAt(server['Suffrage'], 'Suffrage', refuse))];
  if (suffrage === undefined) throw refuse('Suffrage is not one that the engine knows');
  return {
    suffrage,
    id: textAt(server['ID'], 'ID', refuse),
    address: textAt(server['Address'], 'Address', refuse),
  };
}

function objectAt(value: unknown, name: string, refuse: RefuseDamage): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw refuse(`${name} is not an object`);
}

function arrayAt(value: unknown, name: string, refuse: RefuseDamage): readonly unknown[] {
  // Go writes a slice that was never set as null.
  if (value === null) return [];
  if (Array.isArray(value)) return value;
  throw refuse(`${name} is not an array`);
}

function textAt(value: unknown, name: string, refuse: RefuseDamage): string {
  if (typeof value === 'string') return value;
  throw refuse(`${name} is not a string`);
}

function unsignedAt(value: unknown, name: string, refuse: RefuseDamage): bigint {
  if (typeof value === 'bigint' && value >= 0n && value < 1n << 64n) return value;
  throw refuse(`${name} is not a whole number from 0 to 2^64-1`);
}

function base64At(value: unknown, name: string, refuse: RefuseDamage): Uint8Array {
  if (typeof value === 'string' && /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value)) {
    return new Uint8Array(Buffer.from(value, 'base64'));
  }
  throw refuse(`${name} is not base64`);
}
