import { JacoError } from '../../domain/errors.js';
import { giveParameter } from '../../domain/remedy.js';
import type { LogContent } from '../../ports/raft-store-seal.js';
import type { RefuseDamage } from '../raft/damaged-store.js';
import { type StoreAccess, sealedFormatKey } from '../raft/store-access.js';
import { type EnvelopeRefusals, openEnvelope } from './envelope.js';
import { openEnvelopes } from './envelope-stream.js';
import type { Keyring } from './keyring.js';
import { raftCommand, raftFormat, raftLogFile, raftSnapshot, raftSnapshotFile } from './purposes.js';
import { createStateKeyring } from './state-keyring.js';
import { storeFormat } from './store-seal.js';

/** The bytes in which the length of an entry's data is given. */
const lengthBytes = 8;

/** Reads and writes a raft store that is sealed under `ring`, as a newer daemon does. */
export function createStoreAccess(ring: Keyring): StoreAccess {
  const keyring = createStateKeyring(ring);
  return {
    seal: keyring.seal,
    keyring,
    requireOwn(stableValues, damaged) {
      const sealed = stableValues.get(sealedFormatKey);
      if (sealed === undefined) throw damaged('it does not say under which keyring it is sealed');
      const refuse = refusalsOf((reason) =>
        damaged(`what says under which keyring it is sealed is damaged: ${reason}`),
      );
      const found = openEnvelope(sealed, { ring, purpose: raftFormat, refuse });
      if (Buffer.compare(found, storeFormat(ring)) !== 0) throw mismatched('it is sealed under another keyring');
    },
    openEntry(entry, damaged) {
      const refuse = refusalsOf(damaged);
      const content = openEnvelope(entry.data, { ring, purpose: raftLogFile(entry), refuse });
      const { data, extensions } = partsOf(content, damaged);
      if (entry.type !== 'command') return { ...entry, data, extensions };
      return { ...entry, data: openEnvelope(data, { ring, purpose: raftCommand, refuse }), extensions };
    },
    openState(content, meta, damaged) {
      const refuse = refusalsOf(damaged);
      return openEnvelopes(content, [
        { ring, purpose: raftSnapshotFile(meta), refuse },
        { ring, purpose: raftSnapshot, refuse },
      ]);
    },
  };
}

/** Takes apart what is sealed of an entry (store-seal.ts). */
function partsOf(content: Uint8Array, damaged: RefuseDamage): Pick<LogContent, 'data' | 'extensions'> {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.length);
  const dataBytes = bytes.length < lengthBytes ? undefined : bytes.readBigUInt64BE();
  if (dataBytes === undefined || dataBytes > BigInt(bytes.length - lengthBytes)) {
    throw damaged('a sealed log entry ends within its data');
  }
  const end = lengthBytes + Number(dataBytes);
  return { data: bytes.subarray(lengthBytes, end), extensions: bytes.subarray(end) };
}

function refusalsOf(damaged: RefuseDamage): EnvelopeRefusals {
  return { damaged, locked: mismatched };
}

function mismatched(reason: string): JacoError {
  return new JacoError('keyring_mismatch', `the raft store does not open: ${reason}.`, {
    remedies: [giveParameter('keyFile')],
  });
}
