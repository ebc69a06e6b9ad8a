import { openSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import { signNodeCertificate } from '../../src/adapters/identity/certificate-authority.js';
import {
  type Answer,
  backupPath,
  type MisbehavingDaemon,
  startMisbehavingDaemon,
  typedDetails,
} from '../adapters/grpc/misbehaving-daemon.js';
import type { Circumstances } from '../cli/jaco-process.js';
import { sharedScratchFor } from '../cli/scratch-directory.js';
import { secretCluster } from './secret-cluster.js';
import { requireSilence, type Silence, type SilentRun } from './silent-runs.js';

const test = suite('secrets and what a backup prints');
const scratch = sharedScratchFor(test);
const { archive, authority, operatorToken, secrets } = await secretCluster(40_000);
const silence: Silence = { runs: 0, characters: 0 };
const half = archive.subarray(0, archive.length / 2);

const answers: Readonly<Record<string, Answer>> = {
  'sends all': async ({ sendChunk, end }) => {
    await sendChunk(archive);
    end({ status: 0 });
  },
  'sends half of it': async ({ sendChunk, end }) => {
    await sendChunk(half);
    end({ status: 0 });
  },
  'does not know the token': ({ end }) =>
    end({ status: 16, message: 'x', details: typedDetails('token_invalid', 'token is unknown') }),
  'gives up': async ({ sendChunk, end }) => {
    await sendChunk(half);
    end({ status: 13, message: 'the disk is full' });
  },
  'breaks off': async ({ sendChunk, stream }) => {
    await sendChunk(half);
    stream.destroy();
  },
  stalls: ({ sendChunk }) => sendChunk(half),
  'sends no messages': async ({ send, end }) => {
    await send(archive);
    end({ status: 0 });
  },
  'sends secrets instead of an archive': async ({ sendChunk, end }) => {
    await sendChunk(Buffer.from(secrets.join('\n')));
    end({ status: 0 });
  },
};
const [succeeds, stalls] = ['sends all', 'stalls'];

const daemons: Record<string, MisbehavingDaemon> = {};
const identity = await signNodeCertificate(authority, 'node-1', ['127.0.0.1'], Date.now());
for (const [name, answer] of Object.entries(answers)) {
  daemons[name] = await startMisbehavingDaemon({ host: '127.0.0.1' }, { [backupPath]: answer }, identity);
}
const local = await startMisbehavingDaemon(
  { socket: scratch.path('jaco.sock') },
  { [backupPath]: answers[succeeds] as Answer },
);
const withoutTls = await startMisbehavingDaemon({ host: '127.0.0.1' }, {});

test.after(async () => {
  for (const daemon of [...Object.values(daemons), local, withoutTls]) await daemon.close();
});

writeFileSync(scratch.path('ca.crt'), authority.certificate);
writeFileSync(scratch.path('ca.key'), authority.key);

const serverOf = (name: string, host = '127.0.0.1') => `${host}:${daemons[name]?.port}`;
const overSocket = (output: string) => ['backup', '--output', output, '--socket', scratch.path('jaco.sock')];
const overTls = (server: string, ...more: readonly string[]) => [
  ...['backup', '--output', scratch.path('out.tar.gz'), '--server', server, '--ca-cert', scratch.path('ca.crt')],
  ...more,
];
const withToken = (text: string): Circumstances => ({ environment: { JACO_TOKEN: text } });

/** A backup over TLS, with the token in the environment. */
const run = (
  name: string,
  ends: SilentRun['ends'],
  words: readonly string[],
  circumstances: Circumstances = withToken(operatorToken),
): SilentRun => ({ name, ends, words, circumstances });

const good: readonly SilentRun[] = [
  run('over the socket', 'well', overSocket(scratch.path('out.tar.gz')), {}),
  run('over TLS', 'well', overTls(serverOf(succeeds))),
  run('with --token', 'well', overTls(serverOf(succeeds), '--token', operatorToken), {}),
  { ...run('to standard output', 'well', overSocket('-'), {}), archiveOnStdout: true },
];

const bad: readonly SilentRun[] = [
  ...Object.keys(answers)
    .filter((name) => name !== succeeds && name !== stalls)
    .map((name) => run(`from a daemon that ${name}`, 'badly', overTls(serverOf(name)))),
  run('from a daemon that stalls', 'badly', overTls(serverOf(stalls), '--timeout', '300ms')),
  run('that is interrupted', 'interrupted', overTls(serverOf(stalls))),
  run('from a server of another name', 'badly', overTls(serverOf(succeeds, 'localhost'))),
  run('from a port without TLS', 'badly', overTls(`127.0.0.1:${withoutTls.port}`)),
  run('from a port where nobody listens', 'badly', overTls('127.0.0.1:1')),
  run('with a key for the CA file', 'badly', overTls(serverOf(succeeds), '--ca-cert', scratch.path('ca.key'))),
  run('into a directory', 'badly', overTls(serverOf(succeeds), '--output', scratch.path())),
  run('to a full disk', 'badly', overSocket('-'), { stdout: openSync('/dev/full', 'w') }),
  run('with a limit', 'badly', overTls(serverOf(succeeds), '--max-snapshot-size', '1KiB')),
];

const mistaken: readonly SilentRun[] = [
  ...[`${operatorToken}\nä`, `${operatorToken}\u0001`, `Bearer\n${operatorToken}`, `\u{1F511}${operatorToken}`].map(
    (text) => run(`with the token ${JSON.stringify(text)}`, 'badly', overTls(serverOf(succeeds)), withToken(text)),
  ),
  run('with a misspelled flag', 'badly', overTls(serverOf(succeeds), '--tokn', operatorToken)),
  run('with the token before the command', 'badly', ['--token', operatorToken, 'backup']),
  run('with a word too many', 'badly', overTls(serverOf(succeeds), '--token', operatorToken, operatorToken)),
];

for (const [name, runs] of Object.entries({ good, bad, mistaken })) {
  test(`are in no output of a ${name} one`, async () => {
    for (const each of runs) await requireSilence(each, secrets, silence);
  });
}

test.after(() => {
  console.log(
    `\nNOTE: secrets: ${silence.runs} backups printed ${silence.characters} characters, none of ${secrets.length} secrets among them`,
  );
});

test.run();
