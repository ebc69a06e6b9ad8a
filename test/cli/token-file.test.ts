import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { jacoFails, jacoSucceeds, runJaco } from './jaco-process.js';
import { operatorToken, type RunningSandbox, startSandbox } from './running-sandbox.js';
import { sharedScratchFor } from './scratch-directory.js';

const test = suite('--token-file');
const scratch = sharedScratchFor(test);
let sandbox: RunningSandbox;
let token: string;

test.before(async () => {
  sandbox = await startSandbox(scratch.path('node'), ['--name', 'node-1', '--listen', '127.0.0.1:0']);
  token = operatorToken(scratch.path('node')).trim();
});
test.after(async () => {
  await sandbox.stop();
});

const overTls = () => ['--server', sandbox.server, '--ca-cert', sandbox.caCertificate];

function tokenFile(name: string, content: string, mode = 0o600): string {
  const path = scratch.path(name);
  writeFileSync(path, content, { mode });
  chmodSync(path, mode);
  return path;
}

for (const [what, content, mode] of [
  ['a token on a line of its own', (secret: string) => `${secret}\n`, 0o600],
  ['a token with spaces around it, which the group may read', (secret: string) => `  ${secret} \n\n`, 0o640],
] as const) {
  test(`gives every command that asks a daemon ${what}`, async () => {
    const path = tokenFile('token', content(token), mode);
    for (const words of [['cluster', 'status'], ['audit'], ['backup', '--output', scratch.path('a.tar.gz')]]) {
      await jacoSucceeds([...words, ...overTls(), '--token-file', path]);
    }
  });
}

test('may be a link, as where secrets are mounted', async () => {
  tokenFile('linked', token);
  symlinkSync('linked', scratch.path('link'));
  await jacoSucceeds(['audit', ...overTls(), '--token-file', scratch.path('link')]);
});

test('is found where systemd passes a credential, unless the environment has a token', async () => {
  mkdirSync(scratch.path('credentials'));
  tokenFile('credentials/jaco-token', token, 0o400);
  const environment = { CREDENTIALS_DIRECTORY: scratch.path('credentials') };
  await jacoSucceeds(['audit', ...overTls()], { environment });
  const wrong = { ...environment, JACO_TOKEN: 'f'.repeat(64) };
  assert.match(await jacoFails(['audit', ...overTls()], { environment: wrong }), 'token_invalid');
  const others = { CREDENTIALS_DIRECTORY: scratch.path('node') };
  assert.match(await jacoFails(['audit', ...overTls()], { environment: others }), 'none was given');
});

for (const [what, make, reason] of [
  ['is not there', () => scratch.path('missing'), 'there is no such file'],
  ['is a directory', () => scratch.path(), 'it is not a regular file'],
  [
    'every user may read',
    () => tokenFile('open', token, 0o644),
    'its mode is 0644, which lets every user of this host at it. Give it mode 0600',
  ],
  ['is empty', () => tokenFile('empty', '\n'), 'it is empty'],
  ['holds two words', () => tokenFile('words', `${token} ${token}`), 'it holds something else than one word'],
  ['holds a control character', () => tokenFile('control', `${token}\u0007`), 'it holds something else than one word'],
  ['is large', () => tokenFile('large', token.repeat(1_000)), 'it is larger than any token'],
] as const) {
  test(`is refused if it ${what}, and its content is not shown`, async () => {
    const path = make();
    const words = ['backup', '--output', scratch.path('refused.tar.gz'), ...overTls(), '--token-file', path];
    const { code, stdout, stderr } = await runJaco([...words, '-o', 'json'], { environment: { JACO_DEBUG: '1' } });
    assert.is(code, 1);
    assert.match(stderr, `Error: cannot use the token file ${path}: ${reason}`);
    assert.is(JSON.parse(stdout).error.code, 'token_unusable');
    assert.not.match(stdout + stderr, token);
  });
}

test('is refused beside --token, and where no token is of use', async () => {
  const path = tokenFile('second', token);
  const both = await jacoFails(['cluster', 'status', ...overTls(), '--token-file', path, '--token', token]);
  assert.match(both, '--token and --token-file are two tokens.');
  const useless = await jacoFails(['cluster', 'status', '--socket', sandbox.socket, '--token-file', path]);
  assert.match(useless, '--token-file has no use without --server');
});

test('never becomes the file of the backup', async () => {
  const path = tokenFile('precious', token);
  const sentence = await jacoFails(['backup', '--output', path, ...overTls(), '--token-file', path]);
  assert.match(sentence, '--token-file and --output name one file');
});

test.run();
