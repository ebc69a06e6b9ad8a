import { writeFileSync } from 'node:fs';
import { inSchema, type MetadataChanges } from '../builders/snapshot-metadata.js';
import { tarGzipArchive } from '../builders/tar-gzip-archive.js';
import { clusterRecord, field, numberField } from '../domain/state/state-encoder.js';

/** The metadata of an archive in these tests, with `changes`. */
export type ArchiveChanges = MetadataChanges;

/** Writes an archive whose state holds `records`, and returns its path. */
export async function writeArchive(
  path: string,
  records: readonly Uint8Array[],
  changes: ArchiveChanges = {},
): Promise<string> {
  writeFileSync(path, await tarGzipArchive(inSchema(changes), Buffer.concat(records)));
  return path;
}

/** The cluster's own record, by default of the cluster in the metadata. */
export function cluster(clusterId = 'c-7f3a', key = 'KEY'): Uint8Array {
  return clusterRecord(field(1, clusterId), field(2, 'CERT'), field(3, key));
}

/** A node of the state. */
export function node(hostname: string, ...more: readonly Uint8Array[]): Uint8Array {
  return field(2, Buffer.concat([field(1, hostname), field(2, '10.0.0.1:7001'), ...more]));
}

/** A deployment of the state. */
export function deployment(name: string, revision = 1, compose = 'services: {}'): Uint8Array {
  return field(3, Buffer.concat([field(1, name), numberField(2, revision), field(7, compose)]));
}

/** A token of the state. */
export function token(identity: string, hashedSecret = 'HASH'): Uint8Array {
  return field(9, Buffer.concat([field(1, identity), field(2, hashedSecret)]));
}

/** Any other record of the state: an element of the field `number`. */
export const record = field;
