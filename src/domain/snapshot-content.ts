/**
 * The state inside snapshot.bin, judged while its bytes pass: one protobuf message `jaco.v1.FSMSnapshot`
 * (proto/jaco/v1/state.proto). Only the top level and the cluster's own record are walked, in constant memory;
 * what the entities hold is the daemon's business and is never decoded.
 */

/** What the walk found. */
export type SnapshotContent =
  | {
      readonly kind: 'well-formed';
      readonly sizeBytes: number;
      /** ClusterMeta.cluster_id; undefined when the snapshot names no cluster. */
      readonly clusterId: string | undefined;
    }
  | { readonly kind: 'malformed'; readonly atByte: number; readonly reason: string };

/** A walk in progress. */
export interface SnapshotWalk {
  /** Takes the next bytes; never throws, and does nothing more once the snapshot is known to be malformed. */
  feed(bytes: Uint8Array): void;
  /** Ends the walk and says what was found. */
  finish(): SnapshotContent;
}

/** A cluster id longer than this is not one; it bounds what the walk keeps. */
const clusterIdLimitBytes = 1024;

/** The state's field numbers go from 1 to 18; a newer daemon may add others. */
const lastKnownField = 18n;

const wireVarint = 0;
const wireFixed64 = 1;
const wireLengthDelimited = 2;
const wireFixed32 = 5;

/** The largest length that one field can have: a protobuf message ends at 2 GiB (protobuf.dev, "Proto Limits"). */
const fieldSizeLimitBytes = 2n ** 31n;

/** Starts a walk over one snapshot. */
export function walkSnapshot(): SnapshotWalk {
  let position = 0;
  let malformed: { atByte: number; reason: string } | undefined;
  let clusterId: string | undefined;

  // What the next byte belongs to: a varint being read, or a run of bytes that is passed over or kept.
  let reading: 'tag' | 'length' | 'value' | 'bytes' = 'tag';
  let varint = 0n;
  let varintBytes = 0;
  let field = 0n;
  let remaining = 0;
  let kept: number[] | undefined;
  /** Where the record of the cluster ends, while the walk is inside it. */
  let clusterEnd: number | undefined;

  function fail(reason: string): void {
    malformed = { atByte: position, reason };
  }

  function startTag(): void {
    reading = 'tag';
    if (clusterEnd !== undefined && position >= clusterEnd) clusterEnd = undefined;
  }

  function startBytes(count: number, keep: boolean): void {
    if (clusterEnd !== undefined && position + count > clusterEnd)
      return fail('a field of the cluster record is longer than the record');
    remaining = count;
    kept = keep ? [] : undefined;
    reading = 'bytes';
    if (count === 0) endBytes();
  }

  function endBytes(): void {
    if (kept !== undefined) clusterId = new TextDecoder().decode(Uint8Array.from(kept));
    kept = undefined;
    startTag();
  }

  function takeTag(tag: bigint): void {
    field = tag >> 3n;
    const wireType = Number(tag & 7n);
    if (field === 0n || field >= 2n ** 29n) return fail(`field number ${field} does not exist`);
    if (clusterEnd === undefined && field <= lastKnownField && wireType !== wireLengthDelimited) {
      return fail(`field ${field} has wire type ${wireType} instead of ${wireLengthDelimited}`);
    }
    if (wireType === wireVarint) reading = 'value';
    else if (wireType === wireFixed64) startBytes(8, false);
    else if (wireType === wireLengthDelimited) reading = 'length';
    else if (wireType === wireFixed32) startBytes(4, false);
    else fail(`wire type ${wireType} is not used`);
  }

  function takeLength(length: bigint): void {
    if (length >= fieldSizeLimitBytes) return fail(`field ${field} claims ${length} bytes`);
    const count = Number(length);
    if (clusterEnd === undefined && field === 1n) {
      clusterEnd = position + count;
      return startTag();
    }
    const isClusterId = clusterEnd !== undefined && field === 1n;
    if (isClusterId && count > clusterIdLimitBytes) return fail(`the cluster id has ${count} bytes`);
    startBytes(count, isClusterId);
  }

  function takeVarintByte(byte: number): void {
    // The tenth byte of a 64-bit varint holds one bit.
    if (varintBytes === 9 && byte > 1) return fail('a number is longer than 64 bits');
    varint |= BigInt(byte & 0x7f) << BigInt(7 * varintBytes);
    varintBytes += 1;
    position += 1;
    if (clusterEnd !== undefined && position > clusterEnd) return fail('the cluster record ends inside a number');
    if (byte >= 0x80) return;
    const value = varint;
    varint = 0n;
    varintBytes = 0;
    if (reading === 'tag') takeTag(value);
    else if (reading === 'length') takeLength(value);
    else startTag();
  }

  return {
    feed(bytes) {
      for (let offset = 0; offset < bytes.length && malformed === undefined; ) {
        if (reading !== 'bytes') {
          takeVarintByte(bytes[offset] as number);
          offset += 1;
          continue;
        }
        const count = Math.min(remaining, bytes.length - offset);
        if (kept !== undefined) kept.push(...bytes.subarray(offset, offset + count));
        offset += count;
        position += count;
        remaining -= count;
        if (remaining === 0) endBytes();
      }
    },
    finish() {
      const complete = reading === 'tag' && varintBytes === 0 && clusterEnd === undefined;
      if (malformed === undefined && !complete) fail('the snapshot ends inside a field');
      if (malformed !== undefined) return { kind: 'malformed', ...malformed };
      return { kind: 'well-formed', sizeBytes: position, clusterId };
    },
  };
}
