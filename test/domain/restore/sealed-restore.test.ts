import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { JacoError } from '../../../src/domain/errors.js';
import { previewRestore } from '../../../src/domain/restore/preview-restore.js';
import { restoreArchive } from '../../../src/domain/restore/restore-archive.js';
import { createInMemoryKeyring } from '../../fakes/in-memory-keyring.js';
import { rejectionOf } from '../refusal.js';
import { field, stateOf } from '../state/state-encoder.js';
import { type RestoreSetting, restoreStage, wish } from './restore-stage.js';

const test = suite('a restore into a sealed store');
const never = new AbortController().signal;
const ring = createInMemoryKeyring('k1', 'secret');

/** A stage with a keyring, and where that was told that the data directory is. */
function stageWithRing(setting: RestoreSetting = {}) {
  const stage = restoreStage(setting);
  const asked: (string | undefined)[] = [];
  const keyring = {
    load: async (dataDirectory?: string) => {
      asked.push(dataDirectory);
      return ring;
    },
  };
  return { ...stage, ports: { ...stage.ports, keyring }, asked };
}

test('seals a plain archive under the keyring at hand where that is allowed', async () => {
  const stage = stageWithRing();
  const { plan } = await restoreArchive(stage.ports, wish({ allowsPlain: true }), never);
  assert.is(plan.store.keyId, 'k1');
  assert.is(stage.stores.get('/var/lib/jaco')?.seed.seal, ring.seal);
  assert.equal(stage.asked, ['/var/lib/jaco']);
});

test('does not look at the keyring for a plain archive that stays plain', async () => {
  const stage = stageWithRing();
  await restoreArchive(stage.ports, wish({ store: 'plain' }), never);
  assert.equal(stage.asked, []);
});

test('refuses a plain archive where a keyring is at hand, or systemd passes one, and touches nothing', async () => {
  for (const stage of [stageWithRing(), restoreStage({ stateKeyCredential: '/etc/systemd/system/jaco.service' })]) {
    await rejectionOf('store_mismatch', restoreArchive(stage.ports, wish(), never));
    await rejectionOf('store_mismatch', previewRestore(stage.ports, wish(), never));
    assert.is(stage.stores.size + stage.unfinished.size, 0);
  }
});

test('takes no file for a keyring at hand that is none', async () => {
  const stage = restoreStage();
  const keyring = {
    load: async () => {
      throw new JacoError('keyring_unusable', 'cannot use the keyring /nope: there is no such file.');
    },
  };
  await rejectionOf('keyring_unusable', restoreArchive({ ...stage.ports, keyring }, wish(), never));
  assert.is(stage.stores.size, 0);
});

test('does not vouch for what a plain archive holds beyond what this version knows, and keeps it in a plain store', async () => {
  const snapshot = [stateOf('c-1'), field(19, 'from a later daemon')];
  const sealing = stageWithRing({ snapshot });
  const refusal = await rejectionOf(
    'snapshot_rejected',
    restoreArchive(sealing.ports, wish({ allowsPlain: true }), never),
  );
  assert.match(refusal.message, 'the state has a field 19');
  assert.is(sealing.stores.size + sealing.unfinished.size, 0);
  const plain = stageWithRing({ snapshot });
  await restoreArchive(plain.ports, wish({ store: 'plain' }), never);
  assert.is(plain.stores.size, 1);
});

test.run();
