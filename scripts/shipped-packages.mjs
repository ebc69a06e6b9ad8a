// The packages of others that reach a user of jaco, with their licences: those inside the bundles (esbuild reports the
// files that it used) and those that npm installs with the library (package-lock.json, without development
// dependencies).
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { programBundle, programStart } from './program-bundle.mjs';

/**
 * @typedef {object} ShippedPackage
 * @property {string} name
 * @property {string} version
 * @property {string} licence its SPDX identifier
 * @property {string} text the licence, and further notices of the package (NOTICE and the like)
 * @property {boolean} bundled whether the program contains code of it
 */

/** Licences that only require their text to be kept: jaco may ship these packages. */
const allowed = new Set([
  ...['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0'],
  ...['0BSD', 'BlueOak-1.0.0', 'CC0-1.0', 'Unlicense', 'Python-2.0'],
]);

/**
 * All of them, by name and version.
 * @param {string} root where the sources and node_modules lie
 * @returns {Promise<ShippedPackage[]>}
 * @throws Error a package has no licence text, or a licence that is not allowed, or is bundled but not a dependency
 */
export async function shippedPackages(root) {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const bundled = await bundledDirectories(root);
  const installed = Object.entries(lock.packages).filter(([directory, entry]) => directory !== '' && !entry.dev);
  for (const directory of bundled) {
    if (lock.packages[directory]?.dev !== undefined || !(directory in lock.packages)) {
      throw new Error(`${directory} is inside the program and no dependency of it`);
    }
  }
  /** @type {Map<string, ShippedPackage>} */
  const found = new Map();
  for (const [directory] of installed) {
    const shipped = describePackage(root, directory, bundled.has(directory));
    // The same package may be in several places.
    const key = `${shipped.name} ${shipped.version}`;
    found.set(key, { ...shipped, bundled: shipped.bundled || (found.get(key)?.bundled ?? false) });
  }
  const byKey = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  return byKey.map(([, shipped]) => shipped);
}

/** The directories, below the root, of the packages in a bundle. @param {string} root */
async function bundledDirectories(root) {
  /** @type {Set<string>} */
  const directories = new Set();
  for (const bundle of [programBundle(root), programStart(root)]) {
    const { metafile } = await build({ ...bundle, outdir: 'unwritten', write: false, metafile: true });
    for (const { inputs } of Object.values(metafile.outputs)) {
      for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
        const directory = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
        if (directory !== undefined && bytesInOutput > 0) directories.add(directory);
      }
    }
  }
  return directories;
}

/**
 * @param {string} root
 * @param {string} directory
 * @param {boolean} bundled
 * @returns {ShippedPackage}
 */
function describePackage(root, directory, bundled) {
  const path = join(root, directory);
  if (!existsSync(path)) throw new Error(`${directory} is not installed: run npm ci`);
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  if (!allowed.has(license)) throw new Error(`${name} ${version} has the licence ${license}, which is not allowed`);
  const names = readdirSync(path).sort();
  const licences = names.filter((file) => /^(licen[cs]e|copying)/i.test(file));
  if (licences.length === 0) throw new Error(`${name} ${version} has no licence text`);
  const notices = names.filter((file) => /^(notice|copyrightnotice)/i.test(file));
  const texts = [...licences, ...notices].map((file) => plainText(readFileSync(join(path, file), 'utf8')));
  return { name, version, licence: license, text: texts.join('\n\n'), bundled };
}

/**
 * Without the byte order marks, line ends and trailing blanks in which copies of one text differ. @param {string} text
 */
function plainText(text) {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const trimmed = lines.map((line) => line.trimEnd()).join('\n');
  return trimmed.replace(/^\n+/, '').trimEnd();
}
