import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { snapshotOf } from '../builders/snapshot-bytes.js';
import { metadataWith } from '../builders/snapshot-metadata.js';
import { metadataEntry, snapshotEntry, tarGzip } from '../builders/tar-gzip-archive.js';
import { skipCases } from '../skipping.js';
import { type JacoEnd, jacoSucceeds, runJaco } from './jaco-process.js';
import { type PipedJaco, startPipedJaco } from './piped-jaco.js';
import { hasPseudoTerminals, runOnTerminal } from './pseudo-terminal.js';
import { startSandbox } from './running-sandbox.js';
import { scratchFor } from './scratch-directory.js';
import { until } from './waiting.js';

const test = suite('archives in pipes');
const scratch = scratchFor(test);

/** Large enough that a pipe does not hold half of it. */
const metadata = metadataWith();
const entries = [metadataEntry(metadata), snapshotEntry(snapshotOf(metadata.clusterId, 300_000))] as const;
const archive = await tarGzip(...entries);
const half = archive.subarray(0, archive.length / 2);
const snapshotFirst = await tarGzip(entries[1], entries[0]);

const flags = ['--name', 'node-1', '--advertise-addr', '10.0.0.5:7001', '--daemon-version', metadata.jacoVersion];
const restoring = (input: string, name: string) => [
  ...['restore', '--input', input, '--data-dir', scratch.path(name), ...flags],
];

/** Every command that reads an archive from standard input; what they write, they write into `work`. */
const readers: Readonly<Record<string, () => string[]>> = {
  restore: () => restoring('-', 'work'),
  drill: () => ['drill', '--input', '-', '--work-dir', scratch.directory('work')],
  inspect: () => ['inspect', '-'],
  diff: () => ['diff', '-', scratch.path('file')],
};

async function piped(parameters: readonly string[], bytes: Uint8Array): Promise<JacoEnd> {
  const jaco = startPipedJaco(scratch.path('pipe'), parameters);
  await jaco.write(bytes);
  return jaco.end();
}

/** Name and digest of every file below, without those that contain the time of the restore. */
function contents(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(directory, name)).isFile())
    .map((name) => [name, readFileSync(join(directory, name), 'latin1')].map(timeless))
    .map(([name, text = '']) => `${name} ${createHash('sha256').update(text).digest('hex')}`)
    .sort();
}

function timeless(text: string): string {
  return text.replace(/^imported_at=.*$/m, 'imported_at').replace(/-\d{13}\b/g, '-*');
}

/** The error is one line, and the destination is empty. */
function refused({ code, stdout, stderr }: JacoEnd, sentence: RegExp): void {
  assert.is(code, 1);
  assert.is(stdout, '');
  assert.match(stderr, /^Error: [^\n]*\n$/);
  assert.match(stderr, sentence);
  assert.equal(scratch.names('work'), []);
}

test.before.each(() => writeFileSync(scratch.path('file'), archive));

test('restore to the same data directory as a file does', async () => {
  // The first log entry contains the time of the restore.
  const bare = (input: string, directory: string) => [...restoring(input, directory), '--bare'];
  await jacoSucceeds(bare(scratch.path('file'), 'from-file'));
  const { code, stderr } = await piped(bare('-', 'from-pipe'), archive);
  assert.is(code, 0, stderr);
  assert.equal(contents(scratch.path('from-pipe')), contents(scratch.path('from-file')));
});

test('go from a backup straight into a restore', async () => {
  const sandbox = await startSandbox(scratch.path('node'), ['--name', 'node-1']);
  const jaco = startPipedJaco(scratch.path('pipe'), [
    'restore',
    '--input',
    '-',
    '--data-dir',
    scratch.path('d'),
    ...flags,
  ]);
  const backup = await runJaco(['backup', '--socket', sandbox.socket, '--output', '-'], { stdout: jaco.forWriting });
  assert.is(backup.code, 0, backup.stderr);
  const { code, stderr } = await jaco.end();
  await sandbox.stop();
  assert.is(code, 0, stderr);
  assert.equal(scratch.names('d'), ['node', 'raft', 'restore.txt']);
});

for (const [command, parameters] of Object.entries(readers)) {
  test(`are read by ${command}`, async () => {
    const { code, stderr } = await piped(parameters(), archive);
    assert.is(code, 0, stderr);
  });

  test(`are refused by ${command} with the snapshot in front of the metadata, and nothing is written`, async () => {
    refused(
      await piped(parameters(), snapshotFirst),
      /the archive holds its snapshot before its metadata, and from a pipe it can be read only once\. Save it to a file/,
    );
  });

  test(`are refused by ${command} when they break off half way, and nothing is left`, async () => {
    refused(await piped(parameters(), half), /the archive is not a complete backup: .*cut short/);
  });

  test(`are refused by ${command} when nothing comes`, async () => {
    refused(await piped(parameters(), new Uint8Array(0)), /the archive is not a complete backup: it is empty/);
  });

  for (const [moment, bytes] of Object.entries({ 'the first byte': new Uint8Array(0), 'the other half': half })) {
    test(`let ${command} be interrupted while it waits for ${moment}, and nothing is left`, async () => {
      const jaco = startPipedJaco(scratch.path('pipe'), parameters());
      await jaco.write(bytes);
      await listensForSignals(jaco);
      jaco.process.kill('SIGINT');
      await until(() => jaco.process.exitCode !== null || jaco.process.signalCode !== null);
      assert.equal(await jaco.end(), {
        code: 130,
        stdout: '',
        stderr: 'Interrupted: everything unfinished was removed.\n',
      });
      assert.equal(scratch.names('work'), []);
    });
  }
}

if (hasPseudoTerminals === true) {
  for (const [command, parameters] of Object.entries(readers)) {
    test(`are not asked of a terminal by ${command}`, () => {
      const { code, shown } = runOnTerminal(parameters());
      assert.is(code, 1);
      assert.match(shown, /^Error: an archive is binary, and standard input is a terminal\. Give the path of a file/);
      assert.equal(scratch.names('work'), []);
    });
  }

  test('are not written to a terminal by backup, which asks for nothing then', () => {
    const { code, shown } = runOnTerminal(['backup', '--output', '-', '--socket', scratch.path('none')]);
    assert.is(code, 1);
    assert.match(shown, /^Error: the archive is binary, and standard output is a terminal\. Give --output a file/);
  });
} else {
  skipCases('archives on terminals: there is no script of util-linux');
}

/** Until then a signal ends the program at once. SIGHUP is the last that it begins to listen for, and Node itself does not. */
async function listensForSignals({ process: child }: PipedJaco): Promise<void> {
  const caught = () => BigInt(`0x${/^SigCgt:\s*(\w+)$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]}`);
  await until(() => (caught() & 1n) !== 0n);
}

test.run();
