import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { jacoSucceeds, runJaco } from '../cli/jaco-process.js';
import { startSandbox } from '../cli/running-sandbox.js';
import { scratchFor } from '../cli/scratch-directory.js';
import { skipCases } from '../skipping.js';

const test = suite('what runs backups unattended');
const scratch = scratchFor(test);
const packaged = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../../../packaging/${path}`, import.meta.url)), 'utf8');

const service = packaged('systemd/jaco-backup.service');
const timer = packaged('systemd/jaco-backup.timer');
const drill = packaged('systemd/jaco-drill.service');
const drillTimer = packaged('systemd/jaco-drill.timer');
const failed = packaged('systemd/jaco-failed@.service');

/** The words after the program, as the program gets them from systemd, and from cron. */
const commands = {
  'the service': lastWords(/^ExecStart=jaco-dr (.*)$/m, service).map((word) => word.replaceAll('%%', '%')),
  'the cron line': lastWords(/^\S+ \S+ \S+ \S+ \S+ root jaco-dr (.*)$/m, packaged('cron/jaco-backup')).map((word) =>
    word.replaceAll('\\%', '%'),
  ),
};

function lastWords(form: RegExp, text: string): string[] {
  const words = form.exec(text)?.[1]?.split(' ') ?? [];
  // A variable of the environment file, which there need not be.
  return words.filter((word) => !word.startsWith('$'));
}

const drillWords = lastWords(/^ExecStart=jaco-dr (.*)$/m, drill);

for (const [name, words] of Object.entries({ ...commands, 'the drill': drillWords })) {
  test(`gives ${name} only flags that exist`, async () => {
    const help = await jacoSucceeds([words[0] as string, '--help']);
    const flags = words.filter((word) => word.startsWith('-'));
    assert.ok(flags.length >= 2);
    for (const flag of flags) assert.match(help, new RegExp(`^  (-\\w, )?${flag}\\b`, 'm'));
  });
}

for (const [name, words] of Object.entries(commands)) {
  test(`takes backups by ${name}, and says nothing of it`, async () => {
    const sandbox = await startSandbox(scratch.path('node'), ['--name', 'node-1']);
    const backups = scratch.directory('backups');
    const here = words.map((word) => word.replace('/var/backups/jaco', backups));
    const end = await runJaco(here, { environment: { JACO_SOCKET: sandbox.socket } });
    await sandbox.stop();
    assert.equal(end, { code: 0, stdout: '', stderr: '' });
    // Beside the backup stands what --keep has verified.
    const made = scratch.names('backups').filter((each) => each !== '.jaco-verified.json');
    assert.is(made.length, 1);
    assert.match(made[0] ?? '', /^cluster-20[0-9]{2}-[0-9]{2}-[0-9]{2}-[0-9]{4}\.tar\.gz$/);
  });
}

test('rehearses the newest backup by the drill, and says nothing of it but what an operator should know', async () => {
  const sandbox = await startSandbox(scratch.path('node'), ['--name', 'node-1']);
  const backups = scratch.directory('backups');
  const here = (each: readonly string[]) => each.map((word) => word.replace('/var/backups/jaco', backups));
  await jacoSucceeds(here(commands['the service']), { environment: { JACO_SOCKET: sandbox.socket } });
  await sandbox.stop();
  assert.equal(await runJaco(here(drillWords)), { code: 0, stdout: '', stderr: '' });
});

for (const [name, unit] of Object.entries({ backup: service, drill })) {
  test(`has the hook for failures run if the ${name} fails`, () => {
    assert.ok(unit.split('\n').includes('OnFailure=jaco-failed@%N.service'));
  });
}

test('lets the drill change no backup', () => {
  assert.match(drill, /^ReadWritePaths=-\/var\/lib\/prometheus\/node-exporter$/m);
  assert.ok(drill.split('\n').includes('ProtectSystem=strict'));
});

test('gives the drill the sandbox of the backup', () => {
  const sandboxOf = (unit: string) =>
    unit.split('\n').filter((line) => /^(?:Protect|Private|Restrict|System|NoNew|Cap|Lock)/.test(line));
  assert.equal(sandboxOf(drill), sandboxOf(service));
});

test('lets the service do no more than it must', () => {
  for (const line of [
    'Type=oneshot',
    'Group=jaco',
    'UMask=0077',
    'CapabilityBoundingSet=',
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'PrivateTmp=yes',
    'EnvironmentFile=-/etc/jaco/backup.env',
  ]) {
    assert.ok(service.split('\n').includes(line), line);
  }
  assert.match(service, /^ReadWritePaths=-\/var\/backups\/jaco /m);
});

test('finds the program where npm or the Debian package installs it', () => {
  const searched = /^PATH=(.*)$/m.exec(packaged('cron/jaco-backup'))?.[1]?.split(':') ?? [];
  for (const directory of ['/usr/local/bin', '/usr/bin']) assert.ok(searched.includes(directory), directory);
  assert.not.match(service, /\/usr\/(?:local\/)?bin\/jaco/);
});

for (const [what, unit] of Object.entries({ backups: timer, drills: drillTimer })) {
  test(`spreads the ${what} of several hosts, and catches up on missed ones`, () => {
    assert.match(unit, /^RandomizedDelaySec=/m);
    assert.match(unit, /^Persistent=yes$/m);
  });
}

if (spawnSync('systemd-analyze', ['--version']).status === 0) {
  test('passes systemd-analyze verify without a word', () => {
    const units = scratch.directory('units');
    // The program is not installed here; its placeholder only has to exist.
    const texts = { 'jaco-backup.service': service, 'jaco-backup.timer': timer, 'jaco-drill.service': drill };
    const others = { 'jaco-drill.timer': drillTimer, 'jaco-failed@.service': failed };
    const paths = Object.entries({ ...texts, ...others }).map(([name, text]) => {
      writeFileSync(`${units}/${name}`, text.replaceAll('=jaco-dr ', `=${process.execPath} `));
      return `${units}/${name.replace('@.', '@jaco-backup.')}`;
    });
    // Manual pages are not installed here either.
    const found = spawnSync('systemd-analyze', ['verify', '--man=no', ...paths], { encoding: 'utf8' });
    assert.is(found.stdout + found.stderr, '');
    assert.is(found.status, 0);
  });
} else {
  skipCases('verifying the systemd units: systemd-analyze is not installed');
}

test.run();
