import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findStateKeyCredential } from '../../../src/adapters/host/state-key-credential.js';
import { withTemporaryDirectory } from '../filesystem/temporary-directory.js';

const test = suite("the keyring that systemd passes to the daemon's unit");

/** What is found in these files of units, by their paths in `strong` and `weak`, the directories of units. */
const foundIn = (files: Readonly<Record<string, string>>) =>
  withTemporaryDirectory(async (directory) => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
    const found = await findStateKeyCredential({}, [join(directory, 'strong'), join(directory, 'weak')]);
    return found?.slice(directory.length + 1);
  });
const unit = (setting: string) => `[Service]\nUser=jaco\n${setting}\nExecStart=/usr/local/bin/jacod\n`;
const path = '/etc/jaco/state-keys.json';

for (const setting of [
  `LoadCredential=jaco-state-keys:${path}`,
  `LoadCredentialEncrypted = jaco-state-keys:${path}`,
  'LoadCredential=jaco-state-keys',
  'SetCredentialEncrypted=jaco-state-keys: k6iUCUh0RJCQyvL8k8q1UyAAAAABAAAADAAAABAAAAC1lFmb',
  'ImportCredential=jaco-state-keys',
]) {
  test(`is shown by ${setting.slice(0, 50)}`, async () => {
    assert.is(await foundIn({ 'weak/jaco.service': unit(setting) }), 'weak/jaco.service');
  });
}

for (const [what, text] of [
  ['another credential', unit(`LoadCredential=jaco-token:${path}`)],
  ['a comment', unit(`# LoadCredential=jaco-state-keys:${path}`)],
  ['a setting that takes it back', unit(`LoadCredential=jaco-state-keys:${path}\nLoadCredential=`)],
] as const) {
  test(`is not shown by ${what}`, async () => {
    assert.is(await foundIn({ 'weak/jaco.service': text }), undefined);
  });
}

test('is shown by what is dropped in beside the unit, and by the stronger of two units', async () => {
  const sealing = unit(`LoadCredential=jaco-state-keys:${path}`);
  const dropIn = 'strong/jaco.service.d/keys.conf';
  assert.is(await foundIn({ 'weak/jaco.service': unit(''), [dropIn]: sealing }), dropIn);
  assert.is(await foundIn({ 'weak/jaco.service': sealing, 'strong/jaco.service': unit('') }), undefined);
  assert.is(await foundIn({ 'weak/jaco.service.d/keys.conf': sealing, [dropIn]: unit('') }), undefined);
  const takenBack = {
    'weak/jaco.service.d/10.conf': sealing,
    'strong/jaco.service.d/20.conf': unit('LoadCredential='),
  };
  assert.is(await foundIn(takenBack), undefined);
});

test('is not shown by a host without the unit', async () => {
  assert.is(await foundIn({ 'weak/other.service': unit(`LoadCredential=jaco-state-keys:${path}`) }), undefined);
});

test('is shown by the credential itself, to a process of the same unit', async () => {
  await withTemporaryDirectory(async (directory) => {
    const environment = { CREDENTIALS_DIRECTORY: directory };
    assert.is(await findStateKeyCredential(environment, []), undefined);
    await writeFile(join(directory, 'jaco-state-keys'), '{}');
    assert.is(await findStateKeyCredential(environment, []), join(directory, 'jaco-state-keys'));
    assert.is(await findStateKeyCredential({ CREDENTIALS_DIRECTORY: '' }, []), undefined);
  });
});

test.run();
