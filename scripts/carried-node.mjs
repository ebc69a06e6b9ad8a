// The Node that the executable and the Debian package carry: the exact versions of scripts/carried-node/package.json, whose
// lock has the checksums, fetched by npm into build/carried-node. Whichever Node builds them, they carry this one.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * @typedef {object} CarriedNode
 * @property {string} version  such as `24.21.0`
 * @property {string} program  the path of its executable
 * @property {string} license  the text of its licence, and of what it contains
 */

/**
 * Fetches it unless it is there.
 * @param {string} root where the sources lie
 * @param {string} architecture as `process.arch` names it
 * @returns {Promise<CarriedNode>}
 * @throws Error it is not carried for this architecture; or npm could not fetch it, with the property `unreachable` where
 *   there was no answer from a registry
 */
export async function carriedNode(root, architecture) {
  const name = `node-linux-${architecture}`;
  const lock = JSON.parse(readFileSync(join(root, 'scripts/carried-node/package-lock.json'), 'utf8'));
  const locked = lock.packages[`node_modules/${name}`];
  if (locked === undefined) throw new Error(`no Node is pinned for ${architecture} in scripts/carried-node`);
  const place = join(root, 'build/carried-node', `${name}-${locked.version}`);
  if (!existsSync(place)) await fetchPackage(name, locked, place);
  const installed = join(place, 'node_modules', name);
  const license = readFileSync(join(installed, 'LICENSE'), 'utf8');
  if (!license.startsWith('Node.js is licensed'))
    throw new Error(`${name} ${locked.version} has no licence of Node.js`);
  return { version: locked.version, program: join(installed, 'bin/node'), license };
}

/**
 * Installs one package, which npm holds to the checksum of the lock, and puts it in place whole.
 * @param {string} name
 * @param {{ version: string }} locked its entry in the lock
 * @param {string} place
 */
async function fetchPackage(name, locked, place) {
  mkdirSync(join(place, '..'), { recursive: true });
  const work = mkdtempSync(`${place}-`);
  try {
    // Not optional as in the lock, where it must be for npm to list packages of several processors: npm would be silent if it
    // could not be fetched.
    const dependencies = { [name]: locked.version };
    const packages = { '': { dependencies }, [`node_modules/${name}`]: { ...locked, optional: false } };
    writeFileSync(join(work, 'package.json'), JSON.stringify({ private: true, dependencies }));
    writeFileSync(join(work, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, requires: true, packages }));
    // By force, as it may be of another processor than this machine. The checksum is compared all the same.
    const flags = '--force --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retry-mintimeout=1000';
    await promisify(execFile)('npm', ['ci', ...flags.split(' ')], { cwd: work }).catch((error) => {
      throw notFetched(`${name} ${locked.version}`, error.stderr || error.message);
    });
    putInPlace(work, place);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Leaves what another process may have put there meanwhile. @param {string} work @param {string} place */
function putInPlace(work, place) {
  try {
    renameSync(work, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
  }
}

/** @param {string} what @param {string} reason what npm said */
function notFetched(what, reason) {
  const unreachable =
    /^npm error code (ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|\w*CERT\w*)$/m;
  const error = new Error(`npm could not fetch ${what}, the Node to be carried:\n${reason.trim()}`);
  return Object.assign(error, { unreachable: unreachable.test(reason) });
}
