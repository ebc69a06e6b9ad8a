import { sealEnvelope } from '../../../src/adapters/seal/envelope.js';
import { backupSnapshot, raftSnapshot } from '../../../src/adapters/seal/purposes.js';
import { createStateKeyring } from '../../../src/adapters/seal/state-keyring.js';
import { keyringOf } from '../../builders/keyrings.js';
import { stateKeyringContract } from '../../contracts/state-keyring.contract.js';
import { createInMemoryKeyring, sealInMemory } from '../../fakes/in-memory-keyring.js';

const ring = keyringOf('ring-1');

stateKeyringContract('AES-256-GCM', {
  keyring: createStateKeyring(ring),
  other: createStateKeyring(keyringOf('other-ring')),
  seal: async (state, metadataBytes) =>
    sealEnvelope(sealEnvelope(state, { ring, purpose: raftSnapshot }), {
      ring,
      purpose: backupSnapshot(metadataBytes),
    }),
});

stateKeyringContract('in memory', {
  keyring: createInMemoryKeyring('k1', 'secret'),
  other: createInMemoryKeyring('k1', 'another'),
  seal: async (state, metadataBytes) => sealInMemory('k1', 'secret', state, metadataBytes),
});
