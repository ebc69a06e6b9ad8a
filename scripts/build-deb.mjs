// Builds a Debian package from the executable (scripts/build-executable.mjs): program, manual pages, completions, and
// units and cron lines where the tree has them. Nothing is enabled or run by installing it.
//   node scripts/build-deb.mjs [--executable build/executable/jaco] [--output build/deb] [--compression xz]
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';

const root = new URL('..', import.meta.url).pathname;
const { values } = parseArgs({
  options: {
    executable: { type: 'string', default: join(root, 'build/executable/jaco') },
    output: { type: 'string', default: join(root, 'build/deb') },
    compression: { type: 'string', default: 'xz' },
  },
});
const { version, description } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** Debian's names for Node's. @type {Record<string, string>} */
const architectures = { x64: 'amd64', arm64: 'arm64', arm: 'armhf', ppc64: 'ppc64el', s390x: 's390x' };
const architecture = architectures[process.arch] ?? process.arch;

const tree = mkdtempSync(join(tmpdir(), 'jaco-deb-'));
let sizeBytes = 0;
try {
  install('usr/bin/jaco', readFileSync(values.executable), 0o755);
  for (const page of sources('packaging/man')) install(`usr/share/man/man1/${page.name}.gz`, compressed(page.content));
  install('usr/share/bash-completion/completions/jaco', source('packaging/completions/jaco.bash'));
  install('usr/share/zsh/vendor-completions/_jaco', source('packaging/completions/_jaco'));
  install('usr/share/fish/vendor_completions.d/jaco.fish', source('packaging/completions/jaco.fish'));
  for (const unit of sources('packaging/systemd')) install(`usr/lib/systemd/system/${unit.name}`, unit.content);
  for (const line of sources('packaging/cron')) install(`usr/share/doc/jaco/examples/${line.name}`, line.content);
  install('usr/share/doc/jaco/changelog.gz', compressed(source('CHANGELOG.md')));
  install('usr/share/doc/jaco/copyright', copyright());
  install('DEBIAN/control', control());
  mkdirSync(values.output, { recursive: true });
  const target = join(resolve(values.output), `jaco_${version}_${architecture}.deb`);
  const flags = ['--root-owner-group', `-Z${values.compression}`, '--build', tree, target];
  const { status, stderr, error } = spawnSync('dpkg-deb', flags, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`dpkg-deb failed: ${error?.message ?? stderr}`);
  console.log(target);
} finally {
  rmSync(tree, { recursive: true, force: true });
}

/** @param {string} path @param {string | Buffer} content @param {number} mode */
function install(path, content, mode = 0o644) {
  const target = join(tree, path);
  makeDirectory(dirname(target));
  writeFileSync(target, content);
  chmodSync(target, mode);
  if (!path.startsWith('DEBIAN/')) sizeBytes += content.length;
}

/** With the rights that Debian gives directories, whatever the umask. @param {string} path */
function makeDirectory(path) {
  if (path !== tree) makeDirectory(dirname(path));
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o755);
}

/** @param {string} path */
function source(path) {
  return readFileSync(join(root, path));
}

/** The files of a directory of this tree; none where there is no such directory. @param {string} directory */
function sources(directory) {
  if (!existsSync(join(root, directory))) return [];
  const files = readdirSync(join(root, directory), { withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ name }) => ({ name, content: source(join(directory, name)) }));
}

/** @param {Buffer} content */
function compressed(content) {
  return gzipSync(content, { level: 9 });
}

function control() {
  return `Package: jaco
Version: ${version}
Architecture: ${architecture}
Maintainer: The authors of jaco <jaco@localhost>
Installed-Size: ${Math.ceil(sizeBytes / 1024)}
Depends: libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 8)
Section: admin
Priority: optional
Description: backup and restore for JACO clusters
 ${description}
`;
}

function copyright() {
  return `jaco is licensed under the Apache License 2.0, whose text follows.

The executable contains Node.js ${process.versions.node} (MIT; its text and those of what it contains are in the file
LICENSE of Node.js) and packages of the npm registry, which package.json of the sources lists.

${source('LICENSE').toString()}`;
}
