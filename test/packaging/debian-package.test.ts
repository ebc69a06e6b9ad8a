import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sharedScratchFor } from '../cli/scratch-directory.js';
import { skipCases, skipFile } from '../skipping.js';
import { executableSucceeds } from './executable-process.js';
import { projectRoot } from './installed-package.js';

const test = suite('the Debian package');
const scratch = sharedScratchFor(test);

/** The directory of the tree and where its files are installed. */
const shipped: Readonly<Record<string, (name: string) => string>> = {
  'packaging/man': (name) => `/usr/share/man/man1/${name}.gz`,
  'packaging/systemd': (name) => `/usr/lib/systemd/system/${name}`,
  'packaging/cron': (name) => `/usr/share/doc/jaco-dr/examples/${name}`,
};

function filesIn(directory: string): readonly string[] {
  try {
    return readdirSync(join(projectRoot, directory));
  } catch {
    // Not every tree has each of them.
    return [];
  }
}

if (spawnSync('dpkg-deb', ['--version']).status !== 0) {
  skipFile('building a Debian package: dpkg-deb is not installed');
} else {
  // The real executable has its own test; this one tests the package around it.
  const standIn = scratch.path('stand-in');
  writeFileSync(standIn, '#!/bin/sh\necho "installed, called with $*"\n');
  writeFileSync(`${standIn}.licenses`, 'Licences of all that is inside.\n');
  const script = join(projectRoot, 'scripts/build-deb.mjs');
  const flags = ['--executable', standIn, '--output', scratch.path('deb'), '--compression', 'gzip'];
  const build = (environment: NodeJS.ProcessEnv = {}, ...more: readonly string[]) =>
    execFileSync(process.execPath, [script, ...flags, ...more], {
      encoding: 'utf8',
      env: { ...process.env, DEBFULLNAME: '', DEBEMAIL: '', ...environment },
    }).trim();
  const built = build();
  const installed = scratch.path('installed');
  execFileSync('dpkg-deb', ['-x', built, installed]);
  const contents = execFileSync('dpkg-deb', ['--contents', built], { encoding: 'utf8' });

  test('describes itself, with this version', () => {
    const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
    const information = execFileSync('dpkg-deb', ['--info', built], { encoding: 'utf8' });
    for (const field of ['Package: jaco-dr\n', `Version: ${version}\n`, 'Depends: libc6', 'Description: ']) {
      assert.ok(information.includes(` ${field}`), information);
    }
  });

  test('is for the architecture that is asked for, in the words of Debian', () => {
    for (const [architecture, debian] of [
      ['x64', 'amd64'],
      ['arm64', 'arm64'],
    ] as const) {
      const other = build({}, '--arch', architecture);
      assert.match(other, new RegExp(`_${debian}\\.deb$`));
      assert.is(execFileSync('dpkg-deb', ['-f', other, 'Architecture'], { encoding: 'utf8' }), `${debian}\n`);
    }
  });

  test('names the author as maintainer, or who builds it, in the variables of the tools of Debian', () => {
    const field = (deb: string) => execFileSync('dpkg-deb', ['-f', deb, 'Maintainer'], { encoding: 'utf8' });
    assert.is(field(built), 'JACO maintainers <maintainers@jaco.invalid>\n');
    const other = build({ DEBFULLNAME: 'Ada Example', DEBEMAIL: 'ada@example.org' });
    assert.is(field(other), 'Ada Example <ada@example.org>\n');
  });

  test('is the same, to the byte, when it is built again for the same time', () => {
    const [first, second] = [1, 2].map(() => readFileSync(build({ SOURCE_DATE_EPOCH: '1750000000' })));
    assert.ok(first?.equals(second as Buffer));
  });

  test('installs an executable that runs, under both names', async () => {
    for (const name of ['jaco-dr', 'jaco']) {
      const executable = join(installed, 'usr/bin', name);
      const said = await executableSucceeds(executable, 'cluster status', installed);
      assert.is(said, 'installed, called with cluster status\n');
    }
  });

  test('belongs to root, with the rights of a package', () => {
    for (const line of contents.trim().split('\n')) {
      assert.match(line, /^(drwxr-xr-x|-rw-r--r--|-rwxr-xr-x|lrwxrwxrwx) root\/root /, line);
    }
    assert.is(statSync(join(installed, 'usr/bin/jaco-dr')).mode & 0o777, 0o755);
  });

  for (const [directory, place] of Object.entries(shipped)) {
    if (filesIn(directory).length === 0) skipCases(`installing ${directory}: this tree has none`);
    else
      test(`installs every file of ${directory}`, () => {
        for (const name of filesIn(directory)) assert.ok(contents.includes(` .${place(name)}\n`), place(name));
      });
  }

  test('installs the completions, the guide, the changelog and the licence', () => {
    for (const place of [
      'share/doc/jaco-dr/CHANGELOG.md.gz',
      'share/doc/jaco-dr/operator-guide.md.gz',
      'share/doc/jaco-dr/unattended.md.gz',
      'share/doc/jaco-dr/reliability.md.gz',
      'share/bash-completion/completions/jaco',
      'share/zsh/vendor-completions/_jaco',
      'share/fish/vendor_completions.d/jaco.fish',
      'share/doc/jaco-dr/changelog.gz',
      'share/doc/jaco-dr/copyright',
    ]) {
      assert.ok(contents.includes(` ./usr/${place}\n`), place);
    }
  });

  test('has manual page and completions under its second name too', () => {
    for (const link of [
      'share/man/man1/jaco-dr.1.gz -> jaco.1.gz',
      'share/bash-completion/completions/jaco-dr -> jaco',
      'share/fish/vendor_completions.d/jaco-dr.fish -> jaco.fish',
    ]) {
      assert.ok(contents.includes(` ./usr/${link}\n`), link);
    }
  });

  test('has the licences that came with the executable', () => {
    const licenses = gunzipSync(readFileSync(join(installed, 'usr/share/doc/jaco-dr/licenses.txt.gz'))).toString();
    assert.is(licenses, 'Licences of all that is inside.\n');
  });

  if (spawnSync('lintian', ['--version']).status === 0) {
    test('is found good by lintian', () => {
      // As root, it says on stderr that it need not be.
      assert.is(spawnSync('lintian', [built], { encoding: 'utf8' }).stdout, '');
    });
  } else {
    skipCases('linting the Debian package: lintian is not installed');
  }
}

test.run();
