import type { RaftVoter } from '../../domain/restore/raft-store-seed.js';
import { encodeArrayHeader, encodeRaw } from './msgpack.js';

/**
 * The field Peers of a snapshot's meta.json: a msgpack array with one raw value for each voter, the bytes of its
 * address (hashicorp/raft v1.7 configuration.go encodePeers with a network transport; go-msgpack's default handle,
 * which writes binary in the raw format, never as bin). Without voters it is nil, like Go's nil slice. Today's engines
 * write it for old ones and read Configuration instead.
 */
export function encodePeers(voters: readonly RaftVoter[]): Uint8Array {
  if (voters.length === 0) return encodeRaw(undefined);
  return Buffer.concat([
    encodeArrayHeader(voters.length),
    ...voters.map((voter) => encodeRaw(Buffer.from(voter.address))),
  ]);
}
