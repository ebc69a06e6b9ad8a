import { readMessage, wireType } from './protobuf-reader.js';

/**
 * Checks the state inside snapshot.bin while its bytes pass: one protobuf message `jaco.v1.FSMSnapshot`
 * (proto/jaco/v1/state.proto). Walks only the top level and the cluster's own record, in constant memory; the content
 * of entities belongs to the daemon and is decoded only if a visitor asks for it.
 */

/** What the walk found. */
export type SnapshotContent =
  | {
      readonly kind: 'well-formed';
      readonly sizeBytes: number;
      /** ClusterMeta.cluster_id; undefined if the snapshot names no cluster. */
      readonly clusterId: string | undefined;
    }
  | { readonly kind: 'malformed'; readonly atByte: number; readonly reason: string };

/** A walk in progress. */
export interface SnapshotWalk {
  /** Takes the next bytes; never throws, and does nothing once the snapshot is known to be malformed. */
  feed(bytes: Uint8Array): void;
  /** Ends the walk and returns what was found. */
  finish(): SnapshotContent;
}

/** Sees the records that pass. */
export interface SnapshotVisitor {
  /** Whether the content of records of this field is wanted in one piece. */
  wants(field: number): boolean;
  /**
   * The next bytes of a record of any size; `visit` follows the last of them. A view: copy it to keep it.
   */
  pass?(field: number, piece: Uint8Array): void;
  /**
   * One entity of the state is complete: an element of a repeated field, the cluster's own record, or a field that a
   * newer daemon added. `field` is the number of its field in jaco.v1.FSMSnapshot. It takes `encodedBytes` of the
   * snapshot, including its field's number and length. `content` is the encoded entity, if it was wanted and is no
   * larger than {@link keptRecordLimitBytes}. (Records are not made into objects: there are millions of them.)
   */
  visit(field: number, encodedBytes: number, content: Uint8Array | undefined): void;
}

/** The numbers of the state's fields that this program knows by name. */
export const stateFields = { cluster: 1, nodes: 2, deployments: 3, tokens: 9, subnets: 11, auditEvents: 15 } as const;

/** The state's field numbers go from 1 to 18; a newer daemon may add others, of any type. */
const lastKnownField = 18;

/** A larger record is not kept in memory. The cluster's own, two PEM texts and an id, has about 1 KiB. */
export const keptRecordLimitBytes = 1024 * 1024;

/** ClusterMeta.cluster_id. */
const clusterIdField = 1;

/** A cluster id longer than this is not one. */
const clusterIdLimitBytes = 1024;

/** Sees nothing. */
export const sightless: SnapshotVisitor = { wants: () => false, visit: () => undefined };

/** Starts a walk over one snapshot. `visitor` sees each record once it is complete. */
export function walkSnapshot(visitor: SnapshotVisitor = sightless): SnapshotWalk {
  let clusterId: string | undefined;
  let field = 0;
  let sizeBytes = 0;
  let headerBytes = 0;
  let kept: Uint8Array | undefined;
  let keptBytes = 0;

  function complete(): string | undefined {
    const problem = field === stateFields.cluster ? takeCluster(kept as Uint8Array) : undefined;
    if (problem === undefined) visitor.visit(field, headerBytes + sizeBytes, kept);
    kept = undefined;
    return problem;
  }

  /** Protobuf merges a second record of the cluster into the first: fields that it lacks stay. */
  function takeCluster(record: Uint8Array): string | undefined {
    const found = readClusterId(record);
    clusterId = found.clusterId ?? clusterId;
    return found.problem;
  }

  const reader = readMessage('the snapshot', {
    field(number, type, size, header) {
      field = number;
      sizeBytes = size;
      headerBytes = header;
      if (number <= lastKnownField && type !== wireType.lengthDelimited) {
        return `field ${number} has wire type ${type} instead of 2`;
      }
      const wanted = number === stateFields.cluster || visitor.wants(number);
      if (number === stateFields.cluster && size > keptRecordLimitBytes) return `the cluster record has ${size} bytes`;
      kept = wanted && size <= keptRecordLimitBytes ? new Uint8Array(size) : undefined;
      keptBytes = 0;
      return undefined;
    },
    number(value, size) {
      sizeBytes = size;
      visitor.pass?.(field, new TextEncoder().encode(String(value)));
      complete();
    },
    wants: () => kept !== undefined || visitor.pass !== undefined,
    bytes(piece) {
      kept?.set(piece, keptBytes);
      keptBytes += piece.length;
      visitor.pass?.(field, piece);
    },
    end: complete,
  });

  return {
    feed: reader.feed,
    finish() {
      const reason = reader.problem(true);
      if (reason !== undefined) return { kind: 'malformed', atByte: reader.position(), reason };
      return { kind: 'well-formed', sizeBytes: reader.position(), clusterId };
    },
  };
}

/** The id in a whole record of the cluster. */
function readClusterId(record: Uint8Array): { readonly clusterId?: string; readonly problem?: string } {
  let field = 0;
  let id: Uint8Array | undefined;
  const reader = readMessage('the cluster record', {
    field(number, type, sizeBytes) {
      field = number;
      if (number !== clusterIdField) return undefined;
      if (type !== wireType.lengthDelimited) return `field ${number} has wire type ${type} instead of 2`;
      return sizeBytes > clusterIdLimitBytes ? `the cluster id has ${sizeBytes} bytes` : undefined;
    },
    // The record is fed whole, so that each value comes in one piece.
    bytes(piece) {
      if (field === clusterIdField) id = piece;
    },
  });
  reader.feed(record);
  const problem = reader.problem(true);
  if (problem !== undefined) return { problem };
  if (id === undefined) return {};
  const clusterId = decodeText(id);
  return clusterId === undefined ? { problem: 'the cluster id is not UTF-8 text' } : { clusterId };
}

/** Text exactly as it is stored, including a leading byte order mark; undefined when it is not UTF-8. */
function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
