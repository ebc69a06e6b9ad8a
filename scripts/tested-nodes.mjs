// The versions of Node that the tests run on, fetched from the registry like any package. Those in
// scripts/tested-nodes.json are pinned, with checksums; any other can be requested by its exact version.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchedPackage } from './fetched-package.mjs';

/**
 * @typedef {object} TestedNode
 * @property {string} version  such as `26.10.0`
 * @property {string} program  the path of its executable
 */

/** @typedef {Record<string, { version: string, integrity: Record<string, string | undefined> } | undefined>} Pins */

/** Those of scripts/tested-nodes.json, by their majors. @param {string} root where the sources lie @returns {Pins} */
export function pinnedNodes(root) {
  return JSON.parse(readFileSync(join(root, 'scripts/tested-nodes.json'), 'utf8'));
}

/**
 * The pinned majors other than that of the running Node.
 * @param {string} root where the sources lie
 */
export function otherMajors(root) {
  const [own] = process.versions.node.split('.');
  return Object.keys(pinnedNodes(root)).filter((major) => major !== own);
}

/**
 * Fetches a Node if it is missing.
 * @param {string} root where the sources lie
 * @param {string} wanted a pinned major (`26`) or an exact version (`26.3.0`)
 * @returns {Promise<TestedNode>}
 * @throws Error it is not available
 */
export async function testedNode(root, wanted) {
  const pinned = pinnedNodes(root)[wanted];
  const version = pinned?.version ?? wanted;
  if (!/^\d+\.\d+\.\d+$/.test(version)) {
    const majors = Object.keys(pinnedNodes(root)).join(', ');
    throw new Error(`no Node "${wanted}": give one of ${majors}, or an exact version such as 26.3.0.`);
  }
  if (version === process.versions.node) return { version, program: process.execPath };
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const place = await fetchedPackage(join(root, 'build/nodes'), name, {
    version,
    integrity: pinned?.integrity[name],
  });
  return { version, program: join(place, 'bin/node') };
}
