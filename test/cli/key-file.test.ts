import { writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findKeyFile } from '../../src/cli/key-file.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('where a keyring is looked for');
const scratch = scratchFor(test);

test('what is given comes before the environment, and that before the credentials', async () => {
  writeFileSync(scratch.path('jaco-state-keys'), '');
  const environment = { JACO_STATE_KEY_FILE: '/from/environment', CREDENTIALS_DIRECTORY: scratch.path() };
  assert.equal(await findKeyFile('/given', environment), '/given');
  assert.equal(await findKeyFile(undefined, environment), '/from/environment');
  assert.equal(
    await findKeyFile(undefined, { ...environment, JACO_STATE_KEY_FILE: '' }),
    scratch.path('jaco-state-keys'),
  );
});

test('a service with other credentials has no ring', async () => {
  assert.is(await findKeyFile(undefined, { CREDENTIALS_DIRECTORY: scratch.path() }), undefined);
  assert.is(await findKeyFile(undefined, { CREDENTIALS_DIRECTORY: '' }), undefined);
  assert.is(await findKeyFile(undefined, {}), undefined);
});

test.run();
