import { JacoError } from '../../domain/errors.js';
import { advice, giveParameter } from '../../domain/remedy.js';
import type { StateKeyring, StateKeyringSource } from '../../ports/state-keyring.js';
import { envelopeOverheadBytes } from './envelope.js';
import { openEnvelopes, sealEnvelopes } from './envelope-stream.js';
import type { Keyring } from './keyring.js';
import { type KeyringParameter, readKeyringFile } from './keyring-file.js';
import { backupSnapshot, raftSnapshot } from './purposes.js';
import { createStoreSeal } from './store-seal.js';

/** The ring in the file at `path`, read anew each time; `parameter` is how the operator named it. */
export function createKeyringSource(path: string, parameter: KeyringParameter): StateKeyringSource {
  return { load: async (dataDirectory) => createStateKeyring(await readKeyringFile(path, dataDirectory, parameter)) };
}

/** Opens and seals with a ring. */
export function createStateKeyring(ring: Keyring): StateKeyring {
  return {
    activeKeyId: ring.active,
    openSnapshot(snapshot, metadataBytes) {
      const outer = {
        damaged: changed,
        locked: (reason: string, holdsKey: boolean) =>
          mismatched(
            holdsKey ? `${reason}. If it is the right ring, meta.json or the head of snapshot.bin was changed` : reason,
          ),
      };
      // The outer one has opened by then, so that it is the ring, and meta.json is the one that was sealed.
      const inner = {
        damaged: (reason: string) => changed(`in its outer seal ${reason}`),
        locked: (reason: string) => mismatched(`in its outer seal ${reason}`),
      };
      return openEnvelopes(snapshot, [
        { ring, purpose: backupSnapshot(metadataBytes), refuse: outer },
        { ring, purpose: raftSnapshot, refuse: inner },
      ]);
    },
    sealSnapshot: (state, metadataBytes) =>
      sealEnvelopes(state, [
        { ring, purpose: raftSnapshot },
        { ring, purpose: backupSnapshot(metadataBytes) },
      ]),
    sealedSizeBytes: (stateSizeBytes) => stateSizeBytes + 2 * envelopeOverheadBytes(ring.active),
    seal: createStoreSeal(ring),
  };
}

function mismatched(reason: string): JacoError {
  return new JacoError('keyring_mismatch', `the archive's snapshot.bin does not open: ${reason}.`, {
    remedies: [giveParameter('keyFile'), advice('Fetch the archive again.')],
  });
}

function changed(reason: string): JacoError {
  return new JacoError('archive_rejected', `the archive's snapshot.bin is not usable: ${reason}.`, {
    remedies: [advice('Use another archive, or take the backup again.')],
  });
}
