import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { recoverStore } from '../../../src/domain/recovery/recover-store.js';
import { recoveryStage, recoveryWish } from './recovery-stage.js';

const test = suite('the warnings of a recovery');
const never = new AbortController().signal;

test('warns of a plain store where jacod.yaml names a keyring', async () => {
  const { ports } = recoveryStage();
  const daemonConfiguration = async () => ({
    ...(await ports.host.daemonConfiguration()),
    stateKeyFile: '/etc/jaco/k',
  });
  const host = { ...ports.host, daemonConfiguration };
  const sentences = async (stage: typeof ports) =>
    (await recoverStore(stage, recoveryWish(), never)).warnings.map(({ sentence }) => sentence);
  const warned = await sentences({ ...ports, host });
  assert.ok(warned.some((sentence) => sentence.startsWith('the store is plain and stays so, but jacod.yaml names')));
  const before = await sentences(recoveryStage().ports);
  assert.not.ok(before.some((sentence) => sentence.startsWith('the store is plain')));
});

test.run();
