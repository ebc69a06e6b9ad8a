import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hostConfiguration } from '../cli/jaco-process.js';
import { sharedScratchFor } from '../cli/scratch-directory.js';
import { skipCases } from '../skipping.js';
import { carriedNodeFor } from './carried-node.js';
import { cleanRoot, type DebianRoot, emptyRoot, everythingIn, hasCommand } from './debian-root.js';
import { executableSucceeds, startExecutable } from './executable-process.js';
import { projectRoot } from './installed-package.js';

const test = suite('the Debian package, installed');
const scratch = sharedScratchFor(test);
const bashCompletion = '/usr/share/bash-completion/bash_completion';

function build(script: string, ...flags: readonly string[]): string {
  return execFileSync(process.execPath, [join(projectRoot, 'scripts', script), ...flags], { encoding: 'utf8' }).trim();
}

/** The real package, around the real executable. */
function buildPackage(): string {
  const executable = scratch.path('executable');
  build('build-executable.mjs', '--output', executable);
  return build('build-deb.mjs', '--executable', executable, '--output', scratch.path('deb'), '--compression', 'none');
}

function chooseRoot(): DebianRoot {
  if (process.env['JACO_TEST_CLEAN_ROOT'] === '1') return cleanRoot(scratch.path('root'));
  skipCases(
    'installing the Debian package into a clean Debian, with nothing but its dependencies: npm run test:clean-root does',
  );
  return emptyRoot(scratch.path('root'));
}

/** What a command says on stdout that finds its files below the root's /usr/share, as shells and man do. */
function sharing(root: DebianRoot, command: string, ...parameters: readonly string[]): string {
  const shared = root.outside('/usr/share');
  const environment = { XDG_DATA_DIRS: shared, MANPATH: `${shared}/man`, HOME: scratch.directory('home') };
  const PATH = `${root.outside('/usr/bin')}:${process.env['PATH']}`;
  return spawnSync(command, parameters, { encoding: 'utf8', env: { ...environment, PATH } }).stdout;
}

function defineTests(root: DebianRoot): void {
  const before = everythingIn(root);
  root.install(buildPackage());
  const [program, ...entering] = root.program;
  const here = scratch.directory('here');
  const configuration = root.inside('/tmp/jaco/jacod.yaml');
  mkdirSync(root.outside('/tmp/jaco'), { recursive: true });
  copyFileSync(hostConfiguration, root.outside('/tmp/jaco/jacod.yaml'));
  const jaco = (words: string) => executableSucceeds(program, [...entering, words].join(' '), here, configuration);

  test('is installed whole, with nothing left to configure', () => {
    assert.match(root.dpkg('--status', 'jaco-dr'), /^Status: install ok installed$/m);
    assert.is(root.dpkg('--verify', 'jaco-dr'), '');
  });

  test('prints its version and its help', async () => {
    const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
    assert.is(await jaco('--version'), `${version}\n`);
    assert.match(await jaco('help'), /^Usage: jaco-dr /);
  });

  test('backs up the sandbox, and restores it', async () => {
    const [node, data, archive] = ['node', 'data', 'cluster.tar.gz'].map((name) => root.inside(`/tmp/jaco/${name}`));
    const parameters = [...entering, 'sandbox', '--data-dir', `${node}`, '--name', 'node-1'];
    const sandbox = startExecutable(program, parameters, here, configuration);
    await sandbox.printed('Ready.\n');
    assert.match(await jaco(`backup --socket ${node}/jaco.sock --output ${archive}`), /^Wrote \d+ bytes/);
    sandbox.stop();
    assert.is((await sandbox.ended).code, 0);
    const node1 = '--name node-1 --advertise-addr 10.0.0.5:7001';
    assert.match(await jaco(`restore --input ${archive} ${node1} --data-dir ${data}`), /^Restored cluster /);
    assert.ok(existsSync(root.outside('/tmp/jaco/data/node/node-1.key')));
  });

  if (hasCommand('systemctl', 'finding the units of the Debian package')) {
    test('has a service that the timer starts, which is off until an operator enables it', () => {
      const units = sharing(
        root,
        'systemctl',
        `--root=${root.outside('/')}`,
        'list-unit-files',
        '--no-legend',
        'jaco*',
      );
      assert.match(
        units,
        /^jaco-backup\.service +static .*\njaco-drill\.service +static .*\njaco-failed@\.service +static .*\njaco-backup\.timer +disabled .*\njaco-drill\.timer +disabled .*\n$/,
      );
    });
  }

  if (hasCommand('man', 'finding the manual pages of the Debian package')) {
    test('has manual pages that man finds', () => {
      const found = sharing(root, 'man', '-w', 'jaco', 'jaco-backup', 'jaco-cluster-status', 'jaco-dr');
      assert.is(found.match(/\/usr\/share\/man\/man1\/jaco[a-z-]*\.1\.gz$/gm)?.length, 4, found);
    });
  }

  if (existsSync(bashCompletion)) {
    test('has a completion that bash loads when it is asked for', () => {
      const script = `. ${bashCompletion}; _completion_loader jaco-dr; complete -p jaco-dr`;
      assert.is(sharing(root, 'bash', '--norc', '-c', script), 'complete -F _jaco jaco-dr\n');
    });
  } else {
    skipCases('loading the completion of the Debian package in bash: bash-completion is not installed');
  }

  if (hasCommand('zsh', 'loading the completion of the Debian package in zsh')) {
    test('has a completion that zsh loads when it is asked for', () => {
      const functions = `fpath=(${root.outside('/usr/share/zsh/vendor-completions')} $fpath)`;
      const script = `${functions}; autoload -U compinit; compinit -D -u; autoload +X _jaco; print $_comps[jaco-dr] $+functions[_jaco]`;
      assert.is(sharing(root, 'zsh', '-f', '-c', script), '_jaco 1\n');
    });
  }

  if (hasCommand('fish', 'loading the completion of the Debian package in fish')) {
    test('has a completion that fish loads when it is asked for', () => {
      assert.match(sharing(root, 'fish', '-c', "complete -C 'jaco-dr ba'"), /^backup\t.*\n$/);
    });
  }

  test('leaves nothing when it is removed and purged, except the operators’ own files', () => {
    const kept = [
      'etc',
      'etc/jaco',
      'etc/jaco/backup.env',
      'var/backups',
      'var/backups/jaco',
      'var/backups/jaco/a.tar.gz',
    ];
    for (const name of ['etc/jaco', 'var/backups/jaco']) mkdirSync(root.outside(name), { recursive: true });
    for (const name of kept.filter((each) => each.includes('.'))) writeFileSync(root.outside(name), 'mine');
    root.dpkg('--remove', 'jaco-dr');
    root.dpkg('--purge', 'jaco-dr');
    const after = everythingIn(root);
    assert.equal(
      after.filter((name) => !before.includes(name)),
      kept.filter((name) => !before.includes(name)),
    );
    assert.equal(
      before.filter((name) => !after.includes(name)),
      [],
    );
  });
}

if (hasCommand('dpkg', 'installing the Debian package') && (await carriedNodeFor('installing the Debian package'))) {
  defineTests(chooseRoot());
}

test.run();
