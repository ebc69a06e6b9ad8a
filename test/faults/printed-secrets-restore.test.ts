import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { jacoSucceeds } from '../cli/jaco-process.js';
import { startSandbox } from '../cli/running-sandbox.js';
import { sharedScratchFor } from '../cli/scratch-directory.js';
import { restoreWords } from './interrupted-subject.js';
import { archiveWithMetadata, archiveWithSnapshot, bytesField, snapshotOf } from './sample-archive.js';
import { secretCluster } from './secret-cluster.js';
import { requireSilence, type Silence, type SilentRun } from './silent-runs.js';

const test = suite('secrets and what the other commands print');
const scratch = sharedScratchFor(test);
const { archive, authority, operatorToken, secrets } = await secretCluster(40_000);
const secretText = secrets.join('\n');
const silence: Silence = { runs: 0, characters: 0 };

const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(scratch.path(name), content);
  return scratch.path(name);
};
const input = file('cluster.tar.gz', archive);
const data = scratch.path('data');

/** A restore into an empty directory. */
const restore = (
  name: string,
  ends: SilentRun['ends'],
  archivePath: string,
  ...more: readonly string[]
): SilentRun => ({
  name,
  ends,
  words: [...restoreWords(archivePath, data), ...more],
  prepare() {
    rmSync(data, { recursive: true, force: true });
    mkdirSync(data);
  },
});

const flipped = (at: number) => {
  const bytes = Buffer.from(archive);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at);
  return file(`flipped-${at}`, bytes);
};
const cut = (part: number) => file(`cut-${part}`, archive.subarray(0, archive.length * part));
const identityFile = file('identity', secretText);
const encrypted = file('encrypted', 'age-encryption.org/v1\n-> X25519 x\n');
/** A state whose CA key is not one, and holds secrets. */
const badKey = bytesField(3, `-----BEGIN PRIVATE KEY-----\n${secretText}\n-----END PRIVATE KEY-----\n`);
const badAuthority = Buffer.concat([bytesField(1, '6f1c'), bytesField(2, authority.certificate), badKey]);

const good: readonly SilentRun[] = [
  restore('a restore', 'well', input),
  restore('a restore for a program', 'well', input, '-o', 'json'),
  restore('a plan', 'well', input, '--dry-run'),
  restore('a plan for a program', 'well', input, '--dry-run', '-o', 'json'),
  restore('a restore without an identity', 'well', input, '--no-identity'),
  restore(
    'a restore with a CA key that is none',
    'well',
    file('key', archiveWithSnapshot(bytesField(1, badAuthority))),
  ),
  { name: 'a drill', words: ['drill', '--input', input], ends: 'well' },
  { name: 'a drill for a program', words: ['drill', '--input', input, '-o', 'json'], ends: 'well' },
];

const bad: readonly SilentRun[] = [
  ...[0.1, 0.5, 0.9].map((part) => restore(`an archive cut at ${part}`, 'badly', cut(part))),
  ...[40, 200, 20_000].map((at) => restore(`a flipped bit at ${at}`, 'badly', flipped(at))),
  restore('secrets instead of an archive', 'badly', file('text', secretText)),
  restore('secrets instead of metadata', 'badly', file('metadata', archiveWithMetadata(secretText))),
  restore(
    'secrets in metadata',
    'badly',
    file('quoted', archiveWithMetadata(JSON.stringify({ cluster_id: [secretText] }))),
  ),
  restore('secrets instead of a state', 'badly', file('state', archiveWithSnapshot(Buffer.from(secretText)))),
  restore(
    'secrets behind a state',
    'badly',
    file('behind', archiveWithSnapshot(Buffer.concat([snapshotOf(), Buffer.from(secretText)]))),
  ),
  restore('an identity file that is none', 'badly', encrypted, '--identity', identityFile),
  restore('another major version', 'badly', input, '--daemon-version', 'v9.0.0'),
  restore('a name that cannot be one', 'badly', input, '--name', '-'),
  restore('a limit', 'badly', input, '--max-snapshot-size', '1KiB'),
  { name: 'a data directory that is a file', words: restoreWords(input, input), ends: 'badly' },
  { name: 'a drill of a damaged archive', words: ['drill', '--input', flipped(20_001)], ends: 'badly' },
];

for (const [name, runs] of Object.entries({ good, bad })) {
  test(`are in no output of ${name} restores and drills`, async () => {
    for (const run of runs) await requireSilence(run, secrets, silence);
  });
}

test('are in no output of a sandbox and queries to it', async () => {
  const running = scratch.path('running');
  await jacoSucceeds(restoreWords(input, running));
  // It knows the token, which is in the archive.
  const sandbox = await startSandbox(running, ['--listen', '127.0.0.1:0']);
  const local = ['--socket', sandbox.socket];
  const remote = ['--server', sandbox.server, '--ca-cert', sandbox.caCertificate];
  const circumstances = { environment: { JACO_TOKEN: operatorToken } };
  const questions: readonly SilentRun[] = [
    { name: 'a status', words: ['cluster', 'status', ...local], ends: 'well' },
    { name: 'a status for a program', words: ['cluster', 'status', ...local, '-o', 'json'], ends: 'well' },
    { name: 'the audit log', words: ['audit', ...remote, '-o', 'json'], circumstances, ends: 'well' },
    { name: 'a backup', words: ['backup', ...remote, '--output', scratch.path('out')], circumstances, ends: 'well' },
    { name: 'a restore over it', words: restoreWords(input, running), ends: 'badly' },
    { name: 'a second one', words: ['sandbox', '--data-dir', running], ends: 'badly' },
  ];
  for (const run of questions) await requireSilence(run, secrets, silence);
  const { code, stdout, stderr } = await sandbox.stop();
  assert.is(code, 0);
  for (const secret of secrets) assert.not.ok((stdout + stderr).includes(secret), `the sandbox prints ${secret}`);
});

test.after(() => {
  console.log(
    `\nNOTE: secrets: ${silence.runs} restores, drills and questions printed ${silence.characters} characters, none of ${secrets.length} secrets among them`,
  );
});

test.run();
