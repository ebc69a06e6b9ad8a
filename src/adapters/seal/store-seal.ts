import type { LogContent, RaftStoreSeal } from '../../ports/raft-store-seal.js';
import { sealedFormatKey } from '../raft/store-access.js';
import { sealEnvelope } from './envelope.js';
import { sealEnvelopes } from './envelope-stream.js';
import { type Keyring, possessionProof } from './keyring.js';
import { raftCommand, raftFormat, raftLogFile, raftSnapshot, raftSnapshotFile } from './purposes.js';

/** What stands before the ring's proof there. */
const formatPrefix = Buffer.from('encrypted-state-v1\0');

/**
 * What a newer daemon boots from (internal/controlplane/raft, September 2026): every entry of the log sealed for its place, a
 * command inside that once more; the state sealed twice, for itself and for the snapshot that it is in; and the proof of the ring.
 */
export function createStoreSeal(ring: Keyring): RaftStoreSeal {
  return {
    sealState: (state, name) =>
      sealEnvelopes(state, [
        { ring, purpose: raftSnapshot },
        { ring, purpose: raftSnapshotFile(name) },
      ]),
    sealEntry(entry) {
      const data = entry.type === 'command' ? sealEnvelope(entry.data, { ring, purpose: raftCommand }) : entry.data;
      const content = entryContent(data, entry.extensions);
      return {
        data: sealEnvelope(content, { ring, purpose: raftLogFile(entry) }),
        extensions: new Uint8Array(0),
      };
    },
    stableValues: () => new Map([[sealedFormatKey, sealEnvelope(storeFormat(ring), { ring, purpose: raftFormat })]]),
  };
}

/** What a store keeps of the ring that it is sealed under, in the clear. */
export function storeFormat(ring: Keyring): Uint8Array {
  return Buffer.concat([formatPrefix, possessionProof(ring)]);
}

/** What is sealed of an entry: how long its data are, as a big-endian number of 64 bits, the data, and the extensions. */
function entryContent(data: LogContent['data'], extensions: LogContent['extensions']): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(data.length));
  return Buffer.concat([length, data, extensions]);
}
