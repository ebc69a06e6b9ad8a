// The Node that the executable and the Debian package carry: the exact versions of scripts/carried-node/package.json, whose
// lock has the checksums, fetched by npm into build/nodes. Whichever Node builds them, they carry this one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchedPackage } from './fetched-package.mjs';

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
  // Not optional as in the lock, where it must be for npm to list packages of several processors: npm would be silent if it
  // could not be fetched.
  const installed = await fetchedPackage(join(root, 'build/nodes'), name, { ...locked, optional: false });
  const license = readFileSync(join(installed, 'LICENSE'), 'utf8');
  if (!license.startsWith('Node.js is licensed'))
    throw new Error(`${name} ${locked.version} has no licence of Node.js`);
  return { version: locked.version, program: join(installed, 'bin/node'), license };
}
