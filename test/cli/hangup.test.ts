import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { backupPath, type MisbehavingDaemon, startMisbehavingDaemon } from '../adapters/grpc/misbehaving-daemon.js';
import { goodArchive } from '../faults/source-side-trial.js';
import { skipCases } from '../skipping.js';
import { hostConfiguration, jacoProgram } from './jaco-process.js';
import { hasPseudoTerminals } from './pseudo-terminal.js';
import { scratchFor } from './scratch-directory.js';
import { until } from './waiting.js';

const test = suite('a terminal that goes away');
const scratch = scratchFor(test);
const archive = await goodArchive();
let daemon: MisbehavingDaemon;
let goOn: () => void = () => undefined;

/** A daemon that sends half of its archive, and the rest once it may. */
test.before.each(async () => {
  const asked = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  daemon = await startMisbehavingDaemon(
    { socket: scratch.path('s') },
    {
      [backupPath]: async ({ sendChunk, end }) => {
        await sendChunk(archive.subarray(0, 150));
        await asked;
        await sendChunk(archive.subarray(150));
        end({ status: 0 });
      },
    },
  );
  scratch.directory('out');
});
test.after.each(() => daemon.close());

const backup = () =>
  `'${process.execPath}' '${jacoProgram}' backup --socket '${scratch.path('s')}' --output '${scratch.path('out/a.tar.gz')}'`;

/**
 * Runs a line of sh in the foreground of a terminal, which goes away while the backup waits for the rest of its archive. The
 * kernel tells the first process of the session, and the others once that has ended. A script that outlives it writes down
 * the exit code.
 */
async function withoutTerminal(line: string): Promise<void> {
  const code = scratch.path('code');
  writeFileSync(
    scratch.path('script'),
    `trap : HUP\n${line} 2>>'${scratch.path('errors')}'\necho $? >'${code}.part'\nmv '${code}.part' '${code}'\n`,
  );
  const terminal = spawn('script', ['--quiet', '--command', `sh '${scratch.path('script')}'; true`, '/dev/null'], {
    // Where nohup writes the output.
    cwd: scratch.directory('home'),
    stdio: ['pipe', 'ignore', 'inherit'],
    // If nohup started the tests, they pass its name on in `_`, which sh does not change.
    env: { ...process.env, _: '', JACO_CONFIG: hostConfiguration, TERM: 'xterm', SHELL: '/bin/sh' },
  });
  const part = scratch.path('out/.a.tar.gz.part');
  await until(() => existsSync(part) && daemon.received.length === 1);
  terminal.kill('SIGKILL');
  await once(terminal, 'close');
}

async function exitCode(): Promise<number> {
  await until(() => existsSync(scratch.path('code')));
  return Number(readFileSync(scratch.path('code'), 'utf8'));
}

const errors = () => readFileSync(scratch.path('errors'), 'utf8');

if (hasPseudoTerminals === true) {
  test('ends a backup by SIGHUP once it has cleaned up, and not by a crash of Node', async () => {
    await withoutTerminal(backup());
    assert.is(await exitCode(), 129);
    // The shell names the signal after jaco's output.
    assert.match(errors(), /^Interrupted: everything unfinished was removed\.\n[^\n]*Hangup[^\n]*\n$/);
    assert.equal(scratch.names('out'), []);
  });

  test('does not end a backup that nohup started', async () => {
    await withoutTerminal(`nohup ${backup()}`);
    goOn();
    assert.is(await exitCode(), 0, errors());
    assert.equal(scratch.names('out'), ['a.tar.gz']);
  });

  test('does not end a backup in a script that ignores it, and takes no result for a failure', async () => {
    await withoutTerminal(`(trap '' HUP; ${backup()}; exit $?)`);
    goOn();
    assert.is(await exitCode(), 0, errors());
    assert.is(errors(), '');
    assert.equal(scratch.names('out'), ['a.tar.gz']);
  });
} else {
  skipCases('a terminal that goes away: there is no script(1) of util-linux');
}

for (const [what, stdin, variable] of [
  ['gave it the stdin that it gives in place of a terminal', () => openSync('/dev/null', 'w'), ''],
  ['is named in its environment', () => 'ignore' as const, '/usr/bin/nohup'],
] as const) {
  test(`does not stop a backup of which nohup ${what}`, async () => {
    const words = ['backup', '--socket', scratch.path('s'), '--output', scratch.path('out/a.tar.gz')];
    const child = spawn(process.execPath, [jacoProgram, ...words], {
      stdio: [stdin(), 'ignore', 'inherit'],
      env: { JACO_CONFIG: hostConfiguration, _: variable },
    });
    const part = scratch.path('out/.a.tar.gz.part');
    await until(() => existsSync(part) && daemon.received.length === 1);
    child.kill('SIGHUP');
    goOn();
    assert.equal(await once(child, 'exit'), [0, null]);
  });
}

test('ends one whose input was closed for reading in another way', async () => {
  writeFileSync(scratch.path('input'), '');
  const words = ['backup', '--socket', scratch.path('s'), '--output', scratch.path('out/a.tar.gz')];
  const child = spawn(process.execPath, [jacoProgram, ...words], {
    stdio: [openSync(scratch.path('input'), 'w'), 'ignore', 'ignore'],
    env: { JACO_CONFIG: hostConfiguration },
  });
  const part = scratch.path('out/.a.tar.gz.part');
  await until(() => existsSync(part) && daemon.received.length === 1);
  child.kill('SIGHUP');
  assert.equal(await once(child, 'exit'), [null, 'SIGHUP']);
});

test.run();
