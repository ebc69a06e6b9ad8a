import { chmodSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { snapshotOf } from '../builders/snapshot-bytes.js';
import { metadataWith } from '../builders/snapshot-metadata.js';
import { tarGzipArchive } from '../builders/tar-gzip-archive.js';
import { jacoFails, jacoSucceeds, runJaco } from './jaco-process.js';
import { scratchFor } from './scratch-directory.js';

const test = suite('versions at jaco restore');
const scratch = scratchFor(test);

/** The parameters of a dry run with an archive of that version. */
async function planning(archiveVersion: string, ...flags: readonly string[]): Promise<string[]> {
  const metadata = metadataWith({ jacoVersion: archiveVersion });
  writeFileSync(scratch.path('c.tar.gz'), await tarGzipArchive(metadata, snapshotOf(metadata.clusterId)));
  return [
    'restore',
    ...['--dry-run', '--input', scratch.path('c.tar.gz'), '--name', 'node-1', '--data-dir', scratch.path('data')],
    ...flags,
  ];
}

/** Puts a jacod on the path that prints `text` for `--version`. */
function installDaemon(text: string): Readonly<Record<string, string>> {
  const path = `${scratch.directory('bin')}/jacod`;
  writeFileSync(path, `#!/bin/sh\n[ "$1" = --version ] && echo '${text}'\n`);
  chmodSync(path, 0o755);
  return { PATH: scratch.path('bin') };
}

const older =
  'the daemon (v0.3.8) is older than the one that took the backup (v0.3.9): what it does not know, it may drop';
const development = (who: string) =>
  `${who} is a development build without a version, so compatibility could not be checked`;

for (const [archive, daemon, rule, warning] of [
  ['v0.3.9', 'v0.3.9', 'same major version (0)', undefined],
  ['0.3.9', 'v0.4.0', 'same major version (0)', undefined],
  ['0.0.1-dev', '0.3.9', 'same major version (0)', undefined],
  ['v0.3.9+build.5', 'v0.3.9', 'same major version (0)', undefined],
  ['v0.3.9', 'v0.3.8', 'same major version (0)', older],
  ['v1.0.0', 'v1.0.0-rc.1', 'same major version (1)', 'what it does not know, it may drop'],
  ['dev', 'v0.3.9', 'development builds carry no version', development('the archive')],
  ['', 'v0.3.9', 'development builds carry no version', development('the archive')],
  ['v0.3.9', 'dev', 'development builds carry no version', development('the daemon')],
] as const) {
  test(`allows an archive of "${archive}" on a daemon ${daemon}${warning === undefined ? '' : ', with a warning'}`, async () => {
    const plan = await jacoSucceeds(await planning(archive, '--daemon-version', daemon));
    assert.ok(plan.includes(`  Version rule: ${rule}`), plan);
    assert.is(/development build without|may drop/.test(plan), warning !== undefined, plan);
    if (warning !== undefined) assert.ok(plan.includes(warning), plan);
  });
}

for (const [archive, daemon, sentence] of [
  [
    'v0.3.9',
    'v1.0.0',
    'the archive was taken by jaco v0.3.9, the daemon here is v1.0.0 (as given): major versions differ: the archive has 0, the daemon 1.',
  ],
  [
    'v2.0.0',
    'v1.9.9',
    'the archive was taken by jaco v2.0.0, the daemon here is v1.9.9 (as given): major versions differ: the archive has 2, the daemon 1.',
  ],
  ['latest', 'v1.0.0', 'the archive\'s jaco_version is "latest", which is not a version like v0.3.9'],
  ['v0.3.9', 'v1', 'the daemon\'s version (as given) is "v1", which is not a version like v0.3.9'],
] as const) {
  test(`refuses an archive of ${archive} on a daemon ${daemon}, with a next step`, async () => {
    const line = await jacoFails(await planning(archive, '--daemon-version', daemon));
    assert.ok(line.startsWith(`Error: ${sentence}`), line);
    assert.match(line, /(Install a daemon of the archive's major version|with --daemon-version, or take the backup)/);
  });
}

test('warns on stderr when it restores in spite of a doubt', async () => {
  const parameters = (await planning('v0.3.9', '--daemon-version', 'v0.3.8')).filter((word) => word !== '--dry-run');
  const { code, stderr } = await runJaco(parameters);
  assert.is(code, 0);
  assert.ok(stderr.includes(`Warning: ${older}\n`), stderr);
});

for (const [printed, version] of [
  ['jacod v0.4.2 (linux/amd64)', 'v0.4.2'],
  ['v0.4.2', 'v0.4.2'],
  ['jacod version dev', 'dev'],
] as const) {
  test(`asks the daemon that is installed: "${printed}"`, async () => {
    const plan = await jacoSucceeds(await planning('v0.3.9'), { environment: installDaemon(printed) });
    assert.ok(plan.includes(`daemon ${version} (from jacod --version)`), plan);
  });
}

test('refuses by the version of the installed daemon', async () => {
  const line = await jacoFails(await planning('v0.3.9'), { environment: installDaemon('jacod v1.2.3') });
  assert.match(line, /the daemon here is v1\.2\.3 \(as the installed jacod says\): major versions differ/);
});

test('believes --daemon-version before the installed daemon', async () => {
  const environment = installDaemon('jacod v1.2.3');
  const plan = await jacoSucceeds(await planning('v0.3.9', '--daemon-version', 'v0.5.0'), { environment });
  assert.ok(plan.includes('daemon v0.5.0 (from --daemon-version)'), plan);
});

for (const [what, environment] of [
  ['is not installed', () => ({})],
  ['does not tell its version', () => installDaemon('usage: jacod [flags]')],
] as const) {
  test(`takes the version that this release is made for when jacod ${what}`, async () => {
    const plan = await jacoSucceeds(await planning('v0.3.9'), { environment: environment() });
    assert.match(plan, /daemon v\d+\.\d+\.\d+ \(from the version that this release of jaco is made for\)/);
  });
}

test.run();
