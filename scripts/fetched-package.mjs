// Fetches single packages from the registry with npm, without making them dependencies.
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * The directory of a package; fetches it into `place` if it is missing.
 * @param {string} place
 * @param {string} name
 * @param {{ version: string, integrity?: string | undefined }} wanted with `integrity`, npm checks it against that
 * checksum
 * @returns {Promise<string>}
 * @throws Error npm could not fetch it, with the property `unreachable` if no registry answered
 */
export async function fetchedPackage(place, name, wanted) {
  const directory = join(place, `${name}-${wanted.version}`);
  if (!existsSync(directory)) await fetchPackage(name, wanted, directory);
  return join(directory, 'node_modules', name);
}

/** @param {string} name @param {{ version: string, integrity?: string | undefined }} wanted @param {string} directory */
async function fetchPackage(name, wanted, directory) {
  mkdirSync(join(directory, '..'), { recursive: true });
  const work = mkdtempSync(`${directory}-`);
  // Other users run programs in it too.
  chmodSync(work, 0o755);
  try {
    const dependencies = { [name]: wanted.version };
    writeFileSync(join(work, 'package.json'), JSON.stringify({ private: true, dependencies }));
    if (wanted.integrity !== undefined) {
      const packages = { '': { dependencies }, [`node_modules/${name}`]: wanted };
      writeFileSync(join(work, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, requires: true, packages }));
    }
    const command = wanted.integrity === undefined ? 'install' : 'ci';
    // With --force, as it may be for another processor than this machine's. npm still compares the checksum.
    const flags = '--force --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retry-mintimeout=1000';
    await promisify(execFile)('npm', [command, ...flags.split(' ')], { cwd: work }).catch((error) => {
      throw notFetched(`${name} ${wanted.version}`, error.stderr || error.message);
    });
    putInPlace(work, directory);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Keeps what another process may have put there meanwhile. @param {string} work @param {string} place */
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
  const error = new Error(`npm could not fetch ${what}:\n${reason.trim()}`);
  return Object.assign(error, { unreachable: unreachable.test(reason) });
}
