// Builds a Debian package around the executable (scripts/build-executable.mjs), which it builds first unless one is
// named: program, manual pages, completions, and units and cron lines if the tree has them. Installing it enables and
// runs nothing. A named executable must have its licences next to it, in a file with the suffix .licenses. DEBFULLNAME
// and DEBEMAIL set the maintainer, SOURCE_DATE_EPOCH the time of the build.
//   node scripts/build-deb.mjs [--arch x64|arm64] [--executable <path>] [--output build/deb] [--compression xz]
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { changelog, control, copyright, lintianOverrides, maintainer } from './debian-files.mjs';

const root = new URL('..', import.meta.url).pathname;
const { values } = parseArgs({
  options: {
    arch: { type: 'string', default: process.arch },
    executable: { type: 'string' },
    output: { type: 'string', default: join(root, 'build/deb') },
    compression: { type: 'string', default: 'xz' },
  },
});
const { version, description, author } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** Debian's names for Node's. @type {Record<string, string>} */
const architectures = { x64: 'amd64' };
const architecture = architectures[values.arch] ?? values.arch;
const executable = values.executable ?? builtExecutable();

/** Seconds since 1970, for reproducible builds (reproducible-builds.org). */
const epoch = process.env['SOURCE_DATE_EPOCH'];
const builtAt = epoch === undefined ? new Date() : new Date(Number(epoch) * 1000);
const tree = mkdtempSync(join(tmpdir(), 'jaco-deb-'));
let sizeBytes = 0;
try {
  install('usr/bin/jaco-dr', readFileSync(executable), 0o755);
  // On a host of the cluster the daemon's own jaco, in /usr/local/bin, comes before this one.
  link('usr/bin/jaco', 'jaco-dr');
  for (const page of sources('packaging/man')) install(`usr/share/man/man1/${page.name}.gz`, compressed(page.content));
  install('usr/share/bash-completion/completions/jaco', source('packaging/completions/jaco.bash'));
  install('usr/share/zsh/vendor-completions/_jaco', source('packaging/completions/_jaco'));
  install('usr/share/fish/vendor_completions.d/jaco.fish', source('packaging/completions/jaco.fish'));
  link('usr/share/man/man1/jaco-dr.1.gz', 'jaco.1.gz');
  // bash and fish look for a file of the command's name.
  link('usr/share/bash-completion/completions/jaco-dr', 'jaco');
  link('usr/share/fish/vendor_completions.d/jaco-dr.fish', 'jaco.fish');
  for (const unit of sources('packaging/systemd')) install(`usr/lib/systemd/system/${unit.name}`, unit.content);
  for (const line of sources('packaging/cron')) install(`usr/share/doc/jaco-dr/examples/${line.name}`, line.content);
  install('usr/share/doc/jaco-dr/CHANGELOG.md.gz', compressed(source('CHANGELOG.md')));
  for (const page of ['operator-guide', 'unattended', 'reliability']) {
    install(`usr/share/doc/jaco-dr/${page}.md.gz`, compressed(source(`docs/${page}.md`)));
  }
  install('usr/share/doc/jaco-dr/changelog.gz', compressed(Buffer.from(changelog(about(), builtAt))));
  install('usr/share/doc/jaco-dr/copyright', copyright(about(), builtAt));
  install('usr/share/doc/jaco-dr/licenses.txt.gz', compressed(readFileSync(`${executable}.licenses`)));
  install('usr/share/lintian/overrides/jaco-dr', lintianOverrides);
  install('DEBIAN/control', control(about()));
  mkdirSync(values.output, { recursive: true });
  const target = join(resolve(values.output), `jaco-dr_${version}_${architecture}.deb`);
  const flags = ['--root-owner-group', `-Z${values.compression}`, '--build', tree, target];
  const { status, stderr, error } = spawnSync('dpkg-deb', flags, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`dpkg-deb failed: ${error?.message ?? stderr}`);
  console.log(target);
} finally {
  rmSync(tree, { recursive: true, force: true });
}

/** The path of the executable for this architecture. */
function builtExecutable() {
  const output = join(root, 'build/deb-executable', values.arch, 'jaco');
  const parameters = [join(root, 'scripts/build-executable.mjs'), '--arch', values.arch, '--output', output];
  const { status } = spawnSync(process.execPath, parameters, { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
  return output;
}

/** @param {string} path @param {string | Buffer} content @param {number} mode */
function install(path, content, mode = 0o644) {
  const target = join(tree, path);
  makeDirectory(dirname(target));
  writeFileSync(target, content);
  chmodSync(target, mode);
  if (!path.startsWith('DEBIAN/')) sizeBytes += content.length;
}

/** @param {string} path @param {string} target from there */
function link(path, target) {
  makeDirectory(dirname(join(tree, path)));
  symlinkSync(target, join(tree, path));
}

/** With Debian's mode for directories, under any umask. @param {string} path */
function makeDirectory(path) {
  if (path !== tree) makeDirectory(dirname(path));
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o755);
}

/** @param {string} path */
function source(path) {
  return readFileSync(join(root, path));
}

/** The files of a directory of this tree; empty if there is no such directory. @param {string} directory */
function sources(directory) {
  if (!existsSync(join(root, directory))) return [];
  const files = readdirSync(join(root, directory), { withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ name }) => ({ name, content: source(join(directory, name)) }));
}

/** @param {string | Buffer} content */
function compressed(content) {
  return gzipSync(content, { level: 9 });
}

/** The facts about the package, as assembled so far. */
function about() {
  return { version, description, author, architecture, maintainer: maintainer(author, process.env), sizeBytes };
}
