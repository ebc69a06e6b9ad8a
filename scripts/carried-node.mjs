// The Node that the executable and the Debian package carry: one of those that the tests run on
// (scripts/tested-nodes.json), fetched by npm and checked against its checksum. They carry this one no matter which
// Node builds them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchedPackage } from './fetched-package.mjs';
import { pinnedNodes } from './tested-nodes.mjs';

/** Maintained until April 2028. */
const carriedMajor = '24';

/**
 * @typedef {object} CarriedNode
 * @property {string} version  such as `24.21.0`
 * @property {string} program  the path of its executable
 * @property {string} license  the text of its licence, and of what it contains
 */

/**
 * Fetches it unless it is there.
 * @param {string} root the root of the sources
 * @param {string} architecture as `process.arch` names it
 * @returns {Promise<CarriedNode>}
 * @throws Error there is none for this architecture; or npm could not fetch it, with the property `unreachable` if no
 * registry answered
 */
export async function carriedNode(root, architecture) {
  const name = `node-linux-${architecture}`;
  const pinned = pinnedNodes(root)[carriedMajor];
  const integrity = pinned?.integrity[name];
  if (pinned === undefined || integrity === undefined)
    throw new Error(`no Node to carry is pinned for ${architecture}`);
  const { version } = pinned;
  const installed = await fetchedPackage(join(root, 'build/nodes'), name, { version, integrity });
  const license = readFileSync(join(installed, 'LICENSE'), 'utf8');
  if (!license.startsWith('Node.js is licensed')) throw new Error(`${name} ${version} has no licence of Node.js`);
  return { version, program: join(installed, 'bin/node'), license };
}
